with position_months as (
    select * from {{ ref('int_position_months') }}
),

position_numbers as (
    select
        item_id,
        location_id,
        row_number() over (order by item_id nulls last, location_id nulls last) - 1 as position_number
    from (select distinct item_id, location_id from position_months) as positions
)

select * from position_numbers
