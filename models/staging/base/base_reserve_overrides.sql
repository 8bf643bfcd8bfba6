{{ checked_rows(
    'reserve_overrides',
    needs=['override_id', 'item_id', 'period_end', 'reserve_amount'],
) }}
