{{ judged_rows('transfers', beside=['int_opening_days']) }}
