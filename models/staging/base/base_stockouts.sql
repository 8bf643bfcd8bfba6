{{ judged_rows('stockouts') }}
