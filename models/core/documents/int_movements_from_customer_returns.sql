-- Scrapped returns come back and leave again, so that their cost is seen on the way.
with customer_returns as (
    select * from {{ ref('stg_customer_returns') }}
),

returned_parts as (
    select * from {{ ref('int_returned_parts') }}
),

linked as (
    select
        customer_returns.*,
        returned_parts.part_number,
        returned_parts.quantity as part_quantity,
        returned_parts.refund_amount as part_refund_amount,
        returned_parts.sale_movement_id,
        customer_returns.return_id || '/' || coalesce(customer_returns.line_no, 0) || '/'
        || customer_returns.source_row_number
        || case when returned_parts.part_number > 1 then '/' || returned_parts.part_number else '' end as part_id
    from customer_returns
    inner join returned_parts on customer_returns.source_row_number = returned_parts.source_row_number
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'customer_return/' || part_id",
            'movement_type': "'customer_return'",
            'document_id': 'return_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'returned_at',
            'known_at': 'known_at',
            'quantity_change': 'part_quantity',
            'net_amount': 'part_refund_amount',
            'reason': 'reason',
            'customer_id': 'customer_id',
            'linked_movement_id': 'sale_movement_id',
            'source_row_number': 'source_row_number',
            'part_number': 'part_number',
        }) }}
    from linked
    union all
    select
        {{- movement_columns({
            'movement_id': "'return_scrap/' || part_id",
            'movement_type': "'return_scrap'",
            'document_id': 'return_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'returned_at',
            'known_at': 'known_at',
            'quantity_change': '-part_quantity',
            'reason': "'scrap'",
            'customer_id': 'customer_id',
            'linked_movement_id': "'customer_return/' || part_id",
            'source_row_number': 'source_row_number',
            'part_number': 'part_number',
        }) }}
    from linked
    where lower(disposition) = 'scrap'
)

select * from movements
