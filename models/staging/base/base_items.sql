{{ checked_rows(
    'items',
    needs=['item_id'],
    one_per_key=true,
    needs_rate=false,
) }}
