{{ config(materialized='view') }}

with movements_to_cost as (
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
    {{ from_behind_start(ref('movements'), 'movements', 'posted_on') }}
)

select * from movements_to_cost
