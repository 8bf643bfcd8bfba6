{{ checked_rows(
    'items',
    needs=['item_id'],
    reasons={
        'standard cost is negative': 'standard_cost < 0',
    },
    one_per_key=true,
    needs_rate=false,
) }}
