{{ checked_rows(
    'promotions',
    needs=['promotion_id', 'item_id', 'starts_on', 'ends_on'],
    reasons={
        'ends before it begins': 'ends_on < starts_on',
    },
) }}
