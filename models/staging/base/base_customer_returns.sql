{{ judged_rows('customer_returns', beside=['int_opening_days']) }}
