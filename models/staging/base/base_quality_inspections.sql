{{ judged_rows('quality_inspections') }}
