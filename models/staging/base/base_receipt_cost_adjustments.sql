{{ checked_rows(
    'receipt_cost_adjustments',
    needs=['adjustment_id', 'receipt_id', 'line_no', 'adjusted_at', 'amount'],
    reasons={
        'its receipt line is unknown': 'not exists (
            select 1 from ' ~ ref('stg_receipts') ~ ' as receipts
            where receipts.receipt_id = facts.receipt_id and receipts.line_no = facts.line_no
        )',
    },
    event_at='adjusted_at',
) }}
