with stock_adjustments as (
    select * from {{ ref('stg_stock_adjustments') }}
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'adjustment/' || adjustment_id || '/' || source_row_number",
            'movement_type': "case
                when quantity > 0 then 'adjustment_in'
                when reason = 'supplier_return' then 'supplier_return'
                else 'adjustment_out'
            end",
            'document_id': 'adjustment_id',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'adjusted_at',
            'known_at': 'known_at',
            'quantity_change': 'quantity',
            'cost_amount': 'case when quantity > 0 and unit_cost > 0 then cost_amount end',
            'reason': 'reason',
            'source_row_number': 'source_row_number',
        }) }}
    from stock_adjustments
)

select * from movements
