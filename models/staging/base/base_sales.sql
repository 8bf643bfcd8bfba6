{{ checked_rows(
    'sales',
    needs=['order_id', 'item_id', 'location_id', 'sold_at', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'unit price is negative': 'unit_price < 0',
        'unit price is missing and nothing tells it':
            'unit_price is null and not exists (select 1 from ' ~ ref('int_first_prices') ~ ' as first_prices '
            ~ 'where first_prices.item_id = facts.item_id and first_prices.month <= facts.sold_at)',
    },
    event_at='sold_at',
) }}
