{{ checked_rows(
    'customers',
    needs=['customer_id'],
    one_per_key=true,
) }}
