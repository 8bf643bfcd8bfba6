{{ config(materialized='view') }}

with movements as (
    select * from {{ ref('movements') }}
),

starts as (
    select * from {{ ref('int_costing_starts') }}
),

movements_to_cost as (
    select
        movements.movement_number,
        movements.movement_type,
        movements.item_id,
        movements.location_id,
        movements.posted_on,
        movements.received_on,
        movements.quantity_change,
        movements.cost_amount,
        movements.linked_movement_number
    from movements
    inner join starts on movements.item_id = starts.item_id
    where {{ after_start('movements.posted_on') }}
)

select * from movements_to_cost
