{{ used_rows('items') }}
