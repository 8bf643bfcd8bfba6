{{ checked_rows(
    'purchase_orders',
    needs=['po_id', 'item_id', 'location_id', 'ordered_on', 'quantity'],
    reasons={
        'quantity is not positive': 'quantity <= 0',
        'unit cost is negative': 'unit_cost < 0',
    },
    event_at='ordered_on',
) }}
