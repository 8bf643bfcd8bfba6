{{ checked_rows(
    'transfers',
    needs=['transfer_id', 'item_id', 'from_location_id', 'to_location_id', 'shipped_at', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'from and to are the same location': 'from_location_id = to_location_id',
        'received before it was shipped': 'received_at < shipped_at',
    },
    event_at='shipped_at',
) }}
