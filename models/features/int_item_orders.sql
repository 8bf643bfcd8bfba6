-- A large order is ten times what an order of the item had brought on average by the end of its month.
with movements as (select * from {{ ref('movements') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

item_months as (select * from {{ ref('int_item_months') }}),

orders as (
    select
        movements.item_id,
        valuation_dates.month_number,
        movements.document_id,
        max(movements.customer_id) as customer_id,
        -sum(movements.quantity_change) as quantity
    from movements
    inner join valuation_dates
        on cast(last_day(movements.posted_on) as date) = valuation_dates.valuation_date
    where movements.movement_type = 'sale'
    group by movements.item_id, valuation_dates.month_number, movements.document_id
),

usual_orders as (
    select
        item_id,
        month_number,
        {{ ratio(running_sum('sold_quantity', by='item_id'), running_sum('order_count', by='item_id')) }}
            as mean_order_quantity
    from item_months
),

item_orders as (
    select
        orders.item_id,
        orders.month_number,
        orders.document_id,
        orders.customer_id,
        orders.quantity,
        {{ squared('orders.quantity') }} as quantity_square,
        cast(orders.quantity as double) >= 10 * usual_orders.mean_order_quantity as is_large
    from orders
    inner join usual_orders
        on orders.item_id = usual_orders.item_id and orders.month_number = usual_orders.month_number
)

select * from item_orders
