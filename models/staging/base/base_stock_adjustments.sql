{{ judged_rows('stock_adjustments', beside=['int_opening_days']) }}
