with receipts as (
    select * from {{ ref('stg_receipts') }}
),

-- Goods without a cost are costed by the costing room at the last known one, not at zero; but where nobody knows what
-- they cost, their landed cost is known.
movements as (
    select
        {{- movement_columns({
            'movement_id': "'receipt/' || receipt_id || '/' || coalesce(line_no, 0) || '/' || source_row_number",
            'movement_type': "'receipt'",
            'document_id': 'receipt_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'received_at',
            'known_at': 'known_at',
            'quantity_change': 'quantity',
            'cost_amount': 'case
                when is_free or unit_cost > 0 then coalesce(cost_amount, 0) + coalesce(landed_cost, 0)
                else nullif(landed_cost, 0)
            end',
            'supplier_id': 'supplier_id',
            'source_row_number': 'source_row_number',
        }) }}
    from receipts
)

select * from movements
