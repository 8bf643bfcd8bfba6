-- A late document stands in its position from the month of its event, and was not known before the month in which it
-- was posted.
{{ config(materialized='view') }}

with restated_movements as (
    select * from {{ ref('int_restated_movements') }}
),

movements as (
    select * from {{ ref('movements') }}
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

late_items as (
    select distinct item_id from restated_movements
),

steps as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        0 as late_number,
        on_hand.quantity
    from {{ ref('on_hand') }} as on_hand
    inner join late_items on on_hand.item_id = late_items.item_id
    union all
    select
        restated_movements.item_id,
        restated_movements.location_id,
        valuation_dates.valuation_date,
        restated_movements.late_number,
        restated_movements.quantity_change as quantity
    from restated_movements
    inner join movements on restated_movements.known_movement_number = movements.movement_number
    inner join valuation_dates
        on
            restated_movements.posted_on <= valuation_dates.valuation_date
            and movements.posted_on > valuation_dates.valuation_date
    where restated_movements.movement_number = restated_movements.late_number
),

quantity_steps as (
    select
        steps.*,
        cost_pools.pool_location_id
    from steps
    inner join cost_pools on steps.location_id = cost_pools.location_id
)

select * from quantity_steps
