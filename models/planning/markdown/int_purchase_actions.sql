{%- set action_days -%} cast({{ policy_constant('action_days') }} as integer) {%- endset -%}
-- Where a unit costs more to buy than it brings today, the item had better end; else only the next purchase is too
-- many. A usual order counts where all of it is: how much less to buy is for the reorder policy. It may not be placed
-- anyway.
with stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

open_orders as (
    select
        excess_orders.item_id,
        excess_orders.location_id,
        excess_orders.action,
        sum(excess_orders.excess_quantity) as excess_quantity,
        cast(sum(excess_orders.excess_value) as {{ money_total_type() }}) as excess_value,
        cast(sum(excess_orders.saved_amount) as {{ money_total_type() }}) as saved_amount,
        max(transfer_positions.on_order_quantity) as on_order_quantity,
        min(excess_orders.due_on) as due_on
    from {{ ref('excess_orders') }} as excess_orders
    inner join {{ ref('int_transfer_positions') }} as transfer_positions
        on
            excess_orders.item_id = transfer_positions.item_id
            and excess_orders.location_id = transfer_positions.location_id
    group by excess_orders.item_id, excess_orders.location_id, excess_orders.action
),

usual_orders as (
    select
        purchase_excess.item_id,
        purchase_excess.location_id,
        case
            when stock_positions.present_unit_nrv < stock_positions.unit_buying_cost then 'discontinue'
            else 'stop buying'
        end as action,
        {{ rounded_quantity('purchase_excess.excess_quantity') }} as excess_quantity,
        {{ rounded_total('purchase_excess.excess_quantity * cast(stock_positions.unit_buying_cost as double)') }}
            as excess_value,
        {{ rounded_total('purchase_excess.order_rate * purchase_excess.expected_loss_amount') }} as saved_amount,
        purchase_excess.ordered_before_quantity as on_order_quantity,
        cast(null as date) as due_on
    from {{ ref('int_purchase_excess') }} as purchase_excess
    inner join stock_positions
        on
            purchase_excess.item_id = stock_positions.item_id
            and purchase_excess.location_id = stock_positions.location_id
    where purchase_excess.lot_kind = 'usual order' and purchase_excess.is_all_excess
),

purchases as (
    select * from open_orders
    union all
    select * from usual_orders
),

purchase_actions as (
    select
        purchases.item_id,
        purchases.location_id,
        purchases.action,
        purchases.excess_quantity as action_quantity,
        cast(null as {{ unit_value_type() }}) as action_price,
        purchases.excess_value as at_stake_amount,
        purchases.saved_amount as gain_amount,
        cast(null as {{ money_total_type() }}) as gain_lower_amount,
        cast(null as {{ money_total_type() }}) as gain_upper_amount,
        case when purchases.action = 'postpone order' then 0 else purchases.excess_value end as cash_released_amount,
        cast(null as {{ money_total_type() }}) as expected_loss_amount,
        least(
            coalesce(purchases.due_on, cast(stock_positions.valuation_date + {{ action_days }} as date)),
            cast(stock_positions.valuation_date + {{ action_days }} as date)
        ) as deadline,
        case
            when purchases.action = 'discontinue'
                then 'Already today a unit brings less than another costs: '
            when purchases.action = 'stop buying'
                then 'The usual order of ' || {{ told_number('purchases.excess_quantity') }}
                    || ' units is not worth its risk: '
            else {{ told_number('purchases.excess_quantity') }} || ' units on order are not worth their risk: '
        end
        || {{ told_number('stock_positions.quantity') }} || ' in stock and '
        || {{ told_number('purchases.on_order_quantity') }} || ' on order, '
        || {{ told_number('stock_positions.expected_demand_quantity') }} || ' expected to be asked for in '
        || stock_positions.horizon_months || ' months; a unit costs '
        || {{ told_number('stock_positions.unit_buying_cost', 2) }} || ' and is expected to bring '
        || {{ told_number('stock_positions.unit_nrv', 2) }} || ' if it sells.' as reason
    from purchases
    inner join stock_positions
        on purchases.item_id = stock_positions.item_id and purchases.location_id = stock_positions.location_id
)

select * from purchase_actions
