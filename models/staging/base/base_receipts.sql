{{ judged_rows('receipts', beside=['int_opening_days']) }}
