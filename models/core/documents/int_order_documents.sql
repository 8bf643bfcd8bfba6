-- Numbers of orders begin anew in many a company, each year or at each till: sales of one item under one number that
-- lie three months apart are two documents. A return belongs to the last one before it.
with returned as (
    select distinct
        order_id,
        item_id
    from {{ ref('stg_customer_returns') }}
),

sales as (
    select
        sales.*,
        lag(sales.moved_at) over (
            partition by sales.document_id, sales.item_id order by sales.moved_at nulls last
        ) as moved_before
    from {{ ref('int_movements_from_sales') }} as sales
    inner join returned on sales.document_id = returned.order_id and sales.item_id = returned.item_id
),

order_documents as (
    select
        document_id as order_id,
        item_id,
        line_no,
        moved_at,
        movement_id,
        quantity_change,
        source_row_number,
        sum(
            case
                when
                    {{ days_between('cast(moved_before as date)', 'cast(moved_at as date)') }}
                    > {{ days_of_a_document() }}
                    then 1
                else 0
            end
        ) over (
            partition by document_id, item_id
            order by moved_at nulls last rows between unbounded preceding and current row
        ) as document_number
    from sales
)

select * from order_documents
