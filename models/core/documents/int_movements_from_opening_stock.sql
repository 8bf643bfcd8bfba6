with opening_stock as (
    select * from {{ ref('stg_opening_stock') }}
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'opening/' || source_row_number",
            'movement_type': "'opening'",
            'document_id': "'opening'",
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'as_of',
            'known_at': 'known_at',
            'received_on': 'coalesce(received_on, as_of)',
            'quantity_change': 'quantity',
            'cost_amount': 'cost_amount',
            'source_row_number': 'source_row_number',
        }) }}
    from opening_stock
)

select * from movements
