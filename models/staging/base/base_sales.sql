{{ judged_rows('sales', beside=['int_opening_days', 'int_first_prices']) }}
