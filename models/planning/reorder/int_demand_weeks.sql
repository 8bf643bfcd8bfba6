-- Weeks are counted back from the newest valuation date, which ends week 0. What other locations draw is asked for too.
with movements as (
    select * from {{ ref('movements') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

demand_weeks as (
    select
        movements.item_id,
        movements.location_id,
        {{ days_between('movements.posted_on', 'valuation_dates.valuation_date') }} // 7 as weeks_before,
        -sum(
            case
                when movements.movement_type in ('sale', 'customer_return') then movements.quantity_change
                else 0
            end
        ) as sold_quantity,
        -sum(case when movements.movement_type = 'transfer_out' then movements.quantity_change else 0 end)
            as drawn_quantity,
        sum(movements.quantity_change) as stock_change_quantity
    from movements
    inner join valuation_dates on movements.posted_on <= valuation_dates.valuation_date
    group by movements.item_id, movements.location_id, weeks_before
)

select * from demand_weeks
