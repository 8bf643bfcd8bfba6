-- An order's lines sell its units of an item one after the other, and its returns bring them back from the first on.
-- What is beyond the order belongs to its last line.
with order_documents as (
    select * from {{ ref('int_order_documents') }}
),

documents as (
    select
        order_id,
        item_id,
        document_number,
        min(moved_at) as begins_at
    from order_documents
    group by order_id, item_id, document_number
),

customer_returns as (
    select
        customer_returns.source_row_number,
        customer_returns.order_id,
        customer_returns.item_id,
        max(case when cast(documents.begins_at as date) <= cast(customer_returns.returned_at as date)
            then documents.document_number
            else 0
        end) as document_number
    from {{ ref('stg_customer_returns') }} as customer_returns
    left join documents
        on customer_returns.order_id = documents.order_id and customer_returns.item_id = documents.item_id
    group by customer_returns.source_row_number, customer_returns.order_id, customer_returns.item_id
),

returns_in_order as (
    select
        stg_customer_returns.source_row_number,
        stg_customer_returns.quantity,
        stg_customer_returns.refund_amount,
        customer_returns.order_id,
        customer_returns.item_id,
        customer_returns.document_number,
        sum(stg_customer_returns.quantity) over (
            partition by customer_returns.order_id, customer_returns.item_id, customer_returns.document_number
            order by
                {{ posted_at('stg_customer_returns.known_at', 'stg_customer_returns.returned_at') }} nulls last,
                stg_customer_returns.returned_at nulls last,
                stg_customer_returns.return_id nulls last,
                stg_customer_returns.line_no nulls last,
                stg_customer_returns.source_row_number nulls last
            rows between unbounded preceding and current row
        ) as returned_to
    from {{ ref('stg_customer_returns') }} as stg_customer_returns
    inner join customer_returns on stg_customer_returns.source_row_number = customer_returns.source_row_number
),

lines_in_order as (
    select
        *,
        quantity_change - sum(quantity_change) over order_lines as sold_from,
        -- Of the last line without limit, and not null: a join with more than comparisons looks at every pair of rows.
        case
            when lead(movement_id) over order_lines is not null then -sum(quantity_change) over order_lines
            else cast('1e30' as {{ quantity_total_type() }})
        end as sold_to
    from order_documents
    window order_lines as (
        partition by order_id, item_id, document_number
        order by line_no nulls last, moved_at nulls last, source_row_number nulls last
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
            and returns_in_order.document_number = lines_in_order.document_number
            and returns_in_order.returned_to > lines_in_order.sold_from
            and returns_in_order.returned_to - returns_in_order.quantity < lines_in_order.sold_to
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
