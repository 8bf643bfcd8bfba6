-- What of a pool's stock and cost no position holds is under way within it: each transfer takes the difference of two
-- rounded running shares of it, in the order of the ledger.
{{ config(materialized='view') }}

with moved_within_pools as (
    select * from {{ ref('int_moved_within_pools') }}
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

held as (
    select
        item_id,
        location_id as pool_location_id,
        valuation_date,
        costing_method,
        cost_value
    from {{ ref('int_pool_costs') }}
    union all
    select
        inventory_costs.item_id,
        cost_pools.pool_location_id,
        inventory_costs.valuation_date,
        inventory_costs.costing_method,
        -inventory_costs.cost_value as cost_value
    from {{ ref('inventory_costs') }} as inventory_costs
    inner join cost_pools on inventory_costs.location_id = cost_pools.location_id
),

left_values as (
    select
        item_id,
        pool_location_id,
        valuation_date,
        costing_method,
        cast(sum(cost_value) as {{ money_type() }}) as cost_value
    from held
    group by item_id, pool_location_id, valuation_date, costing_method
),

under_way as (
    select
        departures.movement_number,
        departures.item_id,
        departures.pool_location_id,
        valuation_dates.valuation_date,
        sum(-departures.quantity_change) over (
            partition by departures.item_id, departures.pool_location_id, valuation_dates.valuation_date
        ) as pool_quantity,
        sum(-departures.quantity_change) over (
            partition by departures.item_id, departures.pool_location_id, valuation_dates.valuation_date
            order by departures.movement_number nulls last
        ) as running_quantity
    from moved_within_pools as departures
    inner join valuation_dates on departures.posted_on <= valuation_dates.valuation_date
    left join moved_within_pools as arrivals
        on
            departures.movement_number = arrivals.linked_movement_number
            and arrivals.movement_type = 'transfer_in'
    where
        departures.movement_type = 'transfer_out'
        and coalesce(arrivals.posted_on > valuation_dates.valuation_date, true)
),

running_values as (
    select
        under_way.*,
        left_values.costing_method,
        {{ signed_share_of_quantity('left_values.cost_value', 'under_way.running_quantity', 'under_way.pool_quantity') }}
            as running_value
    from under_way
    inner join left_values
        on
            under_way.item_id = left_values.item_id
            and under_way.pool_location_id = left_values.pool_location_id
            and under_way.valuation_date = left_values.valuation_date
),

transit_within_pools as (
    select
        movement_number,
        item_id,
        pool_location_id,
        valuation_date,
        costing_method,
        cast(
            running_value - lag(running_value, 1, cast(0 as {{ money_type() }})) over (
                partition by item_id, pool_location_id, valuation_date, costing_method
                order by movement_number nulls last
            ) as {{ money_type() }}
        ) as cost_value
    from running_values
)

select * from transit_within_pools
