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

items as (
    select * from {{ ref('items') }}
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
            'items.horizon_months * cast(on_hand.quantity as double)', 'latest_demand.expected_demand_quantity'
        ) }} as coverage_months
    from latest_demand
    inner join items on latest_demand.item_id = items.item_id
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

replenishment_hints as (
    select
        supplied.item_id,
        supplied.location_id,
        supplied.valuation_date as period_end,
        true as is_latest_period,
        items.description as item_description,
        items.category,
        items.unit_of_measure,
        supplied.on_hand_quantity,
        supplied.on_order_quantity,
        supplied.excess_order_quantity,
        supplied.expected_demand_quantity,
        supplied.coverage_months,
        greatest(
            supplied.expected_demand_quantity - supplied.on_hand_quantity - supplied.on_order_quantity, 0
        ) as shortage_quantity,
        case
            when supplied.excess_order_quantity > 0 then 'cancel or postpone orders'
            when supplied.on_hand_quantity > supplied.expected_demand_quantity then 'stop buying'
            when supplied.expected_demand_quantity > supplied.on_hand_quantity + supplied.on_order_quantity
                then 'reorder'
            else 'covered'
        end as suggested_action
    from supplied
    inner join items on supplied.item_id = items.item_id
)

select * from replenishment_hints
