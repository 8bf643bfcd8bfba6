{{ checked_rows(
    'quality_inspections',
    needs=['inspection_id', 'item_id', 'inspected_at'],
    reasons={
        'defects or units looked at are negative': 'defects < 0 or sample_size < 0',
        'more defects than units looked at': 'defects > sample_size',
    },
    event_at='inspected_at',
) }}
