{{ checked_rows(
    'prices',
    needs=['item_id', 'unit_price', 'valid_from'],
    reasons={
        'unit price is negative': 'unit_price < 0',
        'ends before it begins': 'valid_to < valid_from',
    },
) }}
