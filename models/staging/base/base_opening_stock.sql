{{ judged_rows('opening_stock') }}
