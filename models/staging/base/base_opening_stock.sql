{{ checked_rows(
    'opening_stock',
    needs=['item_id', 'location_id', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'unit cost is negative': 'unit_cost < 0',
    },
    event_at='as_of',
) }}
