{{ checked_rows(
    'customer_returns',
    needs=['return_id', 'item_id', 'location_id', 'returned_at', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
    },
    event_at='returned_at',
) }}
