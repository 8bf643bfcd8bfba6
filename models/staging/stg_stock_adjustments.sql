{{ used_rows('stock_adjustments') }}
