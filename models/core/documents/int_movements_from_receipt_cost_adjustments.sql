with replaced_costs as (
    select * from {{ ref('int_replaced_costs') }}
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'cost_adjustment/' || adjustment_id || '/' || source_row_number",
            'movement_type': "'cost_adjustment'",
            'document_id': 'adjustment_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'adjusted_at',
            'known_at': 'known_at',
            'quantity_change': '0',
            'cost_amount': 'amount - replaced_amount',
            'reason': "case
                when replaced_amount <> 0
                    then 'the cost of ' || " ~ plain_number('amount') ~ " || ' replaces a provisional one of ' || "
                        ~ plain_number('replaced_amount') ~ "
                else kind
            end",
            'supplier_id': 'supplier_id',
            'linked_movement_id': 'receipt_movement_id',
            'source_row_number': 'source_row_number',
        }) }}
    from replaced_costs
)

select * from movements
