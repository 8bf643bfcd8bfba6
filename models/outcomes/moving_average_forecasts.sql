-- What a planner expects without any model: the last twelve months go on, or those that the position has known.
with on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

movements as (
    select * from {{ ref('movements') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

month_days as (
    select * from {{ ref('int_month_days') }}
),

first_months as (
    select
        movements.item_id,
        movements.location_id,
        month_days.flash_date,
        min(month_days.month_number) as month_number
    from movements
    inner join month_days on movements.posted_on = month_days.day
    group by movements.item_id, movements.location_id, month_days.flash_date
),

recent_demand as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        valuation_dates.month_number - first_months.month_number + 1 as months_observed,
        coalesce(sum(demand_months.sold_quantity - demand_months.returned_quantity), 0) as demand_quantity
    from on_hand
    inner join valuation_dates on on_hand.valuation_date = valuation_dates.valuation_date
    inner join first_months
        on
            on_hand.item_id = first_months.item_id
            and on_hand.location_id = first_months.location_id
            and valuation_dates.flash_date is not distinct from first_months.flash_date
    left join demand_months
        on
            on_hand.item_id = demand_months.item_id
            and on_hand.location_id = demand_months.location_id
            and valuation_dates.flash_date is not distinct from demand_months.flash_date
            and demand_months.month_number <= valuation_dates.month_number
            and demand_months.month_number > valuation_dates.month_number - 12
    group by
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        valuation_dates.month_number,
        first_months.month_number
),

moving_average_forecasts as (
    select
        recent_demand.item_id,
        recent_demand.location_id,
        recent_demand.valuation_date,
        cast(greatest(recent_demand.demand_quantity, 0) as double) * items.horizon_months
        / least(recent_demand.months_observed, 12) as moving_average_quantity
    from recent_demand
    inner join items on recent_demand.item_id = items.item_id
)

select * from moving_average_forecasts
