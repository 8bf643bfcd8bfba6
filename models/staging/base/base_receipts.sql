{{ checked_rows(
    'receipts',
    needs=['receipt_id', 'item_id', 'location_id', 'received_at', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'unit cost is negative': 'unit_cost < 0',
    },
    event_at='received_at',
) }}
