{{ used_rows('receipt_cost_adjustments') }}
