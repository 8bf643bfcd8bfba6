{{ checked_rows(
    'stock_adjustments',
    needs=['adjustment_id', 'item_id', 'location_id', 'adjusted_at', 'quantity'],
    reasons={
        'quantity is zero': 'quantity = 0',
        'unit cost is negative': 'unit_cost < 0',
    },
    event_at='adjusted_at',
) }}
