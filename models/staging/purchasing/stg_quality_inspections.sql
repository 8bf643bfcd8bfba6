{{ used_rows('quality_inspections') }}
