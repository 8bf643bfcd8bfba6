-- Scrapped returns come back and leave again, so that their cost is seen on the way.
with customer_returns as (
    select * from {{ ref('stg_customer_returns') }}
),

returned as (
    select distinct
        order_id,
        item_id
    from customer_returns
),

sales as (
    select
        sales.document_id,
        sales.item_id,
        min_by(sales.movement_id, sales.source_row_number) as movement_id
    from {{ ref('int_movements_from_sales') }} as sales
    inner join returned on sales.document_id = returned.order_id and sales.item_id = returned.item_id
    group by sales.document_id, sales.item_id
),

linked as (
    select
        customer_returns.*,
        customer_returns.return_id || '/' || coalesce(customer_returns.line_no, 0) || '/'
        || customer_returns.source_row_number as line_id,
        sales.movement_id as sale_movement_id
    from customer_returns
    left join sales
        on
            customer_returns.order_id = sales.document_id
            and customer_returns.item_id = sales.item_id
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'customer_return/' || line_id",
            'movement_type': "'customer_return'",
            'document_id': 'return_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'returned_at',
            'known_at': 'known_at',
            'quantity_change': 'quantity',
            'net_amount': 'refund_amount',
            'reason': 'reason',
            'customer_id': 'customer_id',
            'linked_movement_id': 'sale_movement_id',
            'source_row_number': 'source_row_number',
        }) }}
    from linked
    union all
    select
        {{- movement_columns({
            'movement_id': "'return_scrap/' || line_id",
            'movement_type': "'return_scrap'",
            'document_id': 'return_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'returned_at',
            'known_at': 'known_at',
            'quantity_change': '-quantity',
            'reason': "'scrap'",
            'customer_id': 'customer_id',
            'linked_movement_id': "'customer_return/' || line_id",
            'source_row_number': 'source_row_number',
        }) }}
    from linked
    where lower(disposition) = 'scrap'
)

select * from movements
