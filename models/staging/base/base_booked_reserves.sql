{{ checked_rows(
    'booked_reserves',
    needs=['item_id', 'location_id', 'period_end', 'amount'],
    event_at='period_end',
    one_per_key=true,
) }}
