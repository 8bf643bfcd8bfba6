-- What moves between two locations of a pool has no effect on its cost, not even while it is under way. No rows where
-- each position is a pool of its own: then the kernel takes the ledger as it is.
{{ config(materialized='view') }}

with movements as (
    select * from {{ ref('movements') }}
    where {{ is_pooled() | lower }}
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

moved_within_pools as (
    select * from {{ ref('int_moved_within_pools') }}
),

pooled_movements as (
    select
        movements.movement_number,
        movements.movement_type,
        movements.item_id,
        cost_pools.pool_location_id as location_id,
        movements.posted_on,
        movements.received_on,
        movements.quantity_change,
        movements.cost_amount,
        movements.linked_movement_number
    from movements
    inner join cost_pools on movements.location_id = cost_pools.location_id
    left join moved_within_pools on movements.movement_number = moved_within_pools.movement_number
    where moved_within_pools.movement_number is null
)

select * from pooled_movements
