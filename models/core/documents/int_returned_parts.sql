-- An order's lines sell its units of an item one after the other, and its returns bring them back from the first on.
-- What is beyond the order belongs to its last line.
with customer_returns as (
    select
        *,
        {{ posted_at('known_at', 'returned_at') }} as posted_at
    from {{ ref('stg_customer_returns') }}
),

returns_in_order as (
    select
        *,
        sum(quantity) over (
            partition by order_id, item_id
            order by
                posted_at nulls last,
                returned_at nulls last,
                return_id nulls last,
                line_no nulls last,
                source_row_number nulls last
            rows between unbounded preceding and current row
        ) as returned_to
    from customer_returns
),

returned as (
    select distinct
        order_id,
        item_id
    from customer_returns
),

lines_in_order as (
    select
        sales.document_id as order_id,
        sales.item_id,
        sales.movement_id,
        sales.quantity_change - sum(sales.quantity_change) over order_lines as sold_from,
        case
            when lead(sales.movement_id) over order_lines is not null then -sum(sales.quantity_change) over order_lines
        end as sold_to
    from {{ ref('int_movements_from_sales') }} as sales
    inner join returned on sales.document_id = returned.order_id and sales.item_id = returned.item_id
    window order_lines as (
        partition by sales.document_id, sales.item_id
        order by sales.line_no nulls last, sales.moved_at nulls last, sales.source_row_number nulls last
    )
),

returned_spans as (
    select
        returns_in_order.source_row_number,
        returns_in_order.quantity as returned_quantity,
        returns_in_order.refund_amount as returned_amount,
        returns_in_order.returned_to - returns_in_order.quantity as returned_from,
        lines_in_order.movement_id as sale_movement_id,
        greatest(returns_in_order.returned_to - returns_in_order.quantity, coalesce(lines_in_order.sold_from, 0))
            as part_from,
        least(returns_in_order.returned_to, coalesce(lines_in_order.sold_to, returns_in_order.returned_to)) as part_to
    from returns_in_order
    left join lines_in_order
        on
            returns_in_order.order_id = lines_in_order.order_id
            and returns_in_order.item_id = lines_in_order.item_id
            and returns_in_order.returned_to > lines_in_order.sold_from
            and coalesce(returns_in_order.returned_to - returns_in_order.quantity < lines_in_order.sold_to, true)
),

{% set shares = ['part_to', 'part_from'] -%}
returned_parts as (
    select
        source_row_number,
        row_number() over (partition by source_row_number order by part_from nulls last) as part_number,
        sale_movement_id,
        cast(part_to - part_from as {{ quantity_type() }}) as quantity,
        case
            when part_to - part_from = returned_quantity then returned_amount
            else cast(
                {% for end in shares -%}
                {{ signed_share_of_quantity('returned_amount', '(' ~ end ~ ' - returned_from)', 'returned_quantity') }}
                {{ '-' if not loop.last }}
                {% endfor -%}
                as {{ money_type() }}
            )
        end as refund_amount
    from returned_spans
)

select * from returned_parts
