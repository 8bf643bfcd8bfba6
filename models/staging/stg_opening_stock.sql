{{ used_rows('opening_stock') }}
