{{ judged_rows('stock_counts') }}
