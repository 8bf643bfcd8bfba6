{{ used_rows('stockouts') }}
