{{ used_rows('stock_counts') }}
