with sales as (
    select * from {{ ref('stg_sales') }}
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'sale/' || order_id || '/' || coalesce(line_no, 0) || '/' || source_row_number",
            'movement_type': "'sale'",
            'document_id': 'order_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'sold_at',
            'known_at': 'known_at',
            'quantity_change': '-quantity',
            'gross_amount': 'gross_amount',
            'net_amount': 'gross_amount - coalesce(discount_amount, 0)',
            'customer_id': 'customer_id',
            'promotion_id': 'promotion_id',
            'source_row_number': 'source_row_number',
        }) }}
    from sales
)

select * from movements
