{{ judged_rows('receipt_cost_adjustments', beside=['stg_receipts']) }}
