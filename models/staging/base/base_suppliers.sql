{{ checked_rows(
    'suppliers',
    needs=['supplier_id'],
    one_per_key=true,
) }}
