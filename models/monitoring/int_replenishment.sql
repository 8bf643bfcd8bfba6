-- Demand to come against what is there and under way, for the positions of the latest date.
with latest_demand as (
    select predictions.*
    from {{ ref('predictions') }} as predictions
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on predictions.valuation_date = valuation_dates.valuation_date and valuation_dates.is_latest
),

on_hand as (
    select * from {{ ref('on_hand') }}
),

open_orders as (
    select
        item_id,
        location_id,
        sum(open_quantity) as open_quantity,
        sum(excess_quantity) as excess_quantity
    from {{ ref('int_order_excess') }}
    group by item_id, location_id
),

supplied as (
    select
        latest_demand.item_id,
        latest_demand.location_id,
        latest_demand.valuation_date,
        cast(on_hand.quantity as {{ quantity_type() }}) as on_hand_quantity,
        cast(coalesce(open_orders.open_quantity, 0) as {{ quantity_type() }}) as on_order_quantity,
        cast(coalesce(open_orders.excess_quantity, 0) as {{ quantity_type() }}) as excess_order_quantity,
        latest_demand.expected_demand_quantity,
        {{ ratio(
            var('horizon_months') ~ ' * cast(on_hand.quantity as double)', 'latest_demand.expected_demand_quantity'
        ) }} as coverage_months
    from latest_demand
    inner join on_hand
        on
            latest_demand.item_id = on_hand.item_id
            and latest_demand.location_id = on_hand.location_id
            and latest_demand.valuation_date = on_hand.valuation_date
    left join open_orders
        on
            latest_demand.item_id = open_orders.item_id
            and latest_demand.location_id = open_orders.location_id
),

replenishment as (
    select
        *,
        greatest(expected_demand_quantity - on_hand_quantity - on_order_quantity, 0) as shortage_quantity,
        case
            when excess_order_quantity > 0 then 'cancel or postpone orders'
            when on_hand_quantity > expected_demand_quantity then 'stop buying'
            when expected_demand_quantity > on_hand_quantity + on_order_quantity then 'reorder'
            else 'covered'
        end as suggested_action
    from supplied
)

select * from replenishment
