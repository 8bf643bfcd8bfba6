{{ config(materialized='view') }}

with position_months as (
    select * from {{ ref('int_position_months') }}
),

position_numbers as (
    select * from {{ ref('int_position_numbers') }}
),

demand_history as (
    select
        position_numbers.position_number,
        position_months.month_number,
        cast(position_months.demand_quantity as double) as demand_quantity
    from position_months
    inner join position_numbers
        on
            position_months.item_id = position_numbers.item_id
            and position_months.location_id = position_numbers.location_id
    where position_months.demand_quantity <> 0
)

select * from demand_history
