{{ checked_rows(
    'quality_inspections',
    needs=['inspection_id', 'item_id', 'inspected_at'],
    reasons={
        'more defects than units looked at': 'defects > sample_size',
    },
    event_at='inspected_at',
) }}
