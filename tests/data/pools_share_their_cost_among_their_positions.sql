-- The positions of a pool and what is under way within it hold its cost to the last unit, each at the pool's cost of a
-- unit; what is reallocated to some is taken from others; and every movement has its cost, also one that moves without.
with cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

within_pools as (
    select
        moved_within_pools.pool_location_id,
        in_transit.*
    from {{ ref('in_transit') }} as in_transit
    inner join {{ ref('int_moved_within_pools') }} as moved_within_pools
        on in_transit.movement_number = moved_within_pools.movement_number
),

held as (
    select item_id, location_id as pool_location_id, valuation_date, costing_method, quantity, cost_value
    from {{ ref('int_pool_costs') }}
    union all
    select item_id, pool_location_id, valuation_date, costing_method, -quantity, -cost_value
    from within_pools
    union all
    select item_id, pool_location_id, valuation_date, costing_method, -quantity, -cost_value
    from {{ ref('inventory_costs') }} as inventory_costs
    inner join cost_pools on inventory_costs.location_id = cost_pools.location_id
    where {{ is_pooled() | lower }}
),

shares as (
    select
        inventory_costs.*,
        pool_costs.quantity as pool_quantity,
        pool_costs.cost_value as pool_value
    from {{ ref('inventory_costs') }} as inventory_costs
    inner join cost_pools on inventory_costs.location_id = cost_pools.location_id
    inner join {{ ref('int_pool_costs') }} as pool_costs
        on
            inventory_costs.item_id = pool_costs.item_id
            and cost_pools.pool_location_id = pool_costs.location_id
            and inventory_costs.valuation_date = pool_costs.valuation_date
            and inventory_costs.costing_method = pool_costs.costing_method
),

reallocated as (
    select item_id, pool_location_id, valuation_date, costing_method, reallocated_value
    from {{ ref('inventory_rollforward') }} as inventory_rollforward
    inner join cost_pools on inventory_rollforward.location_id = cost_pools.location_id
    union all
    select item_id, pool_location_id, valuation_date, costing_method, cost_value
    from within_pools
    where {{ at_month_ends() }}
    union all
    select item_id, pool_location_id, {{ month_end_after('valuation_date', 1) }}, costing_method, -cost_value
    from within_pools
    where valuation_date < (select max(last_month_end) from {{ ref('valuation_dates') }})
)

select
    concat_ws(' ', 'held', item_id, pool_location_id, valuation_date, costing_method) as difference
from held
group by item_id, pool_location_id, valuation_date, costing_method
having sum(quantity) <> 0 or sum(cost_value) <> 0
union all
select
    concat_ws(' ', 'at another cost', item_id, location_id, valuation_date, costing_method) as difference
from shares
where abs(cost_value - {{ signed_share_of_quantity('pool_value', 'quantity', 'pool_quantity') }}) > 0.0001
union all
select
    concat_ws(' ', 'reallocated', item_id, pool_location_id, valuation_date, costing_method) as difference
from reallocated
group by item_id, pool_location_id, valuation_date, costing_method
having sum(reallocated_value) <> 0
union all
select concat_ws(' ', 'without a cost', movements.movement_number) as difference
from {{ ref('movements') }} as movements
left join {{ ref('int_costed_movements') }} as costed_movements
    on
        movements.movement_number = costed_movements.movement_number
        and movements.location_id = costed_movements.location_id
        and not costed_movements.is_elsewhere
where costed_movements.movement_number is null
