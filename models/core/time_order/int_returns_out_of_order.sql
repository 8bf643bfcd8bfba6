-- Days, not moments, are compared: a return is often booked by the day. Returns of one order are summed in the order
-- in which they came, and what goes beyond the sale is the excess of the return that passed it.
with movements as (
    select * from {{ ref('int_movements_posted') }}
),

linked_returns as (
    select
        min_by(returns.movement_id, returns.part_number) as movement_id,
        min(returns.movement_number) as movement_number,
        returns.document_id,
        returns.line_no,
        returns.item_id,
        returns.location_id,
        returns.moved_at,
        sum(returns.quantity_change) as quantity,
        sales.document_id as order_id
    from movements as returns
    inner join movements as sales on returns.linked_movement_id = sales.movement_id
    where returns.movement_type = 'customer_return'
    group by
        returns.source_row_number,
        returns.document_id,
        returns.line_no,
        returns.item_id,
        returns.location_id,
        returns.moved_at,
        sales.document_id
),

orders as (
    select distinct
        order_id,
        item_id
    from linked_returns
),

sales as (
    select
        movements.document_id as order_id,
        movements.item_id,
        min(movements.moved_at) as sold_at,
        -sum(movements.quantity_change) as sold_quantity,
        sum(movements.net_amount) as sold_amount
    from movements
    inner join orders
        on movements.document_id = orders.order_id and movements.item_id = orders.item_id
    where movements.movement_type = 'sale'
    group by movements.document_id, movements.item_id
),

compared as (
    select
        linked_returns.*,
        sales.sold_at,
        sales.sold_quantity,
        sales.sold_amount,
        sum(linked_returns.quantity) over (
            partition by linked_returns.order_id, linked_returns.item_id
            order by linked_returns.moved_at nulls last, linked_returns.movement_number nulls last
            rows between unbounded preceding and current row
        ) as returned_quantity
    from linked_returns
    inner join sales
        on linked_returns.order_id = sales.order_id and linked_returns.item_id = sales.item_id
),

returns_out_of_order as (
    {% for kind, quantity, condition in [
        ('return before its sale', 'quantity', 'cast(moved_at as date) < cast(sold_at as date)'),
        ('return above its sale', 'least(quantity, returned_quantity - sold_quantity)', 'returned_quantity > sold_quantity'),
    ] -%}
    select
        '{{ kind }}' as kind,
        movement_id,
        document_id,
        line_no,
        item_id,
        location_id,
        moved_at,
        order_id,
        sold_at,
        sold_quantity,
        returned_quantity,
        cast({{ quantity }} as {{ quantity_type() }}) as quantity,
        {{ rounded_amount(ratio('sold_amount', 'sold_quantity') ~ ' * ' ~ quantity) }} as amount
    from compared
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from returns_out_of_order
