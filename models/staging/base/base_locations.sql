{{ checked_rows(
    'locations',
    needs=['location_id'],
    one_per_key=true,
) }}
