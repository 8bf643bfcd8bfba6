with order_excess as (
    select * from {{ ref('int_order_excess') }}
    where excess_quantity > 0
),

items as (
    select * from {{ ref('items') }}
),

excess_orders as (
    select
        order_excess.po_id,
        order_excess.line_no,
        order_excess.valuation_date as period_end,
        true as is_latest_period,
        {{ reporting_currency() }} as currency,
        order_excess.item_id,
        items.description as item_description,
        items.category,
        order_excess.location_id,
        order_excess.supplier_id,
        order_excess.ordered_on,
        order_excess.due_on,
        order_excess.is_cancellable,
        cast(order_excess.unit_cost as {{ unit_value_type() }}) as unit_cost,
        items.unit_of_measure,
        order_excess.open_quantity,
        order_excess.on_hand_quantity,
        order_excess.expected_demand_quantity,
        order_excess.excess_quantity,
        order_excess.excess_value
    from order_excess
    inner join items on order_excess.item_id = items.item_id
)

select * from excess_orders
