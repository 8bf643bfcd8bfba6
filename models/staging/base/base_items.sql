{{ judged_rows('items') }}
