{{ checked_rows(
    'sales',
    needs=['order_id', 'item_id', 'location_id', 'sold_at', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'unit price is negative': 'unit_price < 0',
        'unit price is missing and no list price tells it':
            'unit_price is null and item_id not in (select item_id from ' ~ ref('stg_items') ~ ' where list_price > 0)',
    },
    event_at='sold_at',
) }}
