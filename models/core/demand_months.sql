with movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('sale', 'customer_return')
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

demand_months as (
    select
        movements.item_id,
        movements.location_id,
        valuation_dates.valuation_date,
        valuation_dates.month_number,
        {{ demand_sums() }}
    from movements
    inner join valuation_dates on last_day(movements.posted_on) = valuation_dates.valuation_date
    group by
        movements.item_id,
        movements.location_id,
        valuation_dates.valuation_date,
        valuation_dates.month_number
)

select * from demand_months
