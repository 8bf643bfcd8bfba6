{{ config(materialized='view') }}

with movements as (
    select * from {{ ref('movements') }}
    where linked_location_id is not null
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

moved_within_pools as (
    select
        movements.movement_number,
        movements.movement_type,
        movements.item_id,
        movements.location_id,
        cost_pools.pool_location_id,
        movements.posted_on,
        movements.quantity_change,
        movements.linked_movement_number
    from movements
    inner join cost_pools on movements.location_id = cost_pools.location_id
    inner join cost_pools as other_pools
        on
            movements.linked_location_id = other_pools.location_id
            and cost_pools.pool_location_id = other_pools.pool_location_id
)

select * from moved_within_pools
