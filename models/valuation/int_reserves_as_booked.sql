-- In a period whose books the company handed over, a position that they do not name held nothing.
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

stg_booked_reserves as (
    select * from {{ ref('stg_booked_reserves') }}
),

booked_positions as (
    select
        item_id,
        location_id,
        cast(last_day(period_end) as date) as valuation_date,
        sum(amount) as amount
    from stg_booked_reserves
    group by item_id, location_id, cast(last_day(period_end) as date)
),

booked_dates as (
    select distinct valuation_date from booked_positions
),

reserves_as_booked as (
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        'booked' as method,
        coalesce(booked_positions.amount, 0) as reserve_amount
    from reserve_positions
    inner join booked_dates on reserve_positions.valuation_date = booked_dates.valuation_date
    left join booked_positions
        on
            reserve_positions.item_id = booked_positions.item_id
            and reserve_positions.location_id = booked_positions.location_id
            and reserve_positions.valuation_date = booked_positions.valuation_date
)

select * from reserves_as_booked
