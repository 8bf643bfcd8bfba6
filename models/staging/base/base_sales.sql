{{ checked_rows(
    'sales',
    needs=['order_id', 'item_id', 'location_id', 'sold_at', 'quantity', 'unit_price'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'unit price is negative': 'unit_price < 0',
    },
    event_at='sold_at',
) }}
