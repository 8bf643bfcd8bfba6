{{ checked_rows(
    'stock_counts',
    needs=['count_id', 'item_id', 'location_id', 'counted_at', 'quantity'],
    reasons={
        'quantity is negative': 'quantity < 0',
    },
    event_at='counted_at',
) }}
