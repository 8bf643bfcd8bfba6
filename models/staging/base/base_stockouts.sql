{{ checked_rows(
    'stockouts',
    needs=['item_id', 'location_id', 'started_at'],
    reasons={
        'ends before it begins': 'ended_at < started_at',
    },
) }}
