with posted as (
    select * from {{ ref('int_movements_posted') }}
),

links as (
    select
        movement_id,
        movement_number
    from posted
    where movement_type in ('receipt', 'sale', 'transfer_out', 'customer_return')
),

movements as (
    select
        posted.movement_number,
        posted.movement_id,
        posted.movement_type,
        posted.document_id,
        posted.line_no,
        posted.item_id,
        posted.location_id,
        posted.moved_at,
        posted.posted_at,
        cast(posted.posted_at as date) as posted_on,
        coalesce(posted.received_on, cast(posted.moved_at as date)) as received_on,
        posted.quantity_change,
        posted.cost_amount,
        posted.gross_amount,
        posted.net_amount,
        posted.reason,
        posted.customer_id,
        posted.supplier_id,
        posted.promotion_id,
        links.movement_number as linked_movement_number,
        posted.linked_location_id
    from posted
    left join links
        on
            posted.linked_movement_id = links.movement_id
            and posted.movement_number > links.movement_number
)

select * from movements
order by movement_number
