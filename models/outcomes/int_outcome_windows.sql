{{ config(materialized='view') }}

-- Over the month, and over the horizon of each category: all stock is followed over all of them.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

horizons as (
    select distinct horizon_months from {{ ref('items') }}
),

latest as (
    select valuation_date from valuation_dates where is_latest
),

outcome_windows as (
    select
        valuation_date,
        1 as months,
        {{ month_end_after('valuation_date', 1) }} as horizon_end_date
    from valuation_dates
    where not is_latest
    union distinct
    select
        valuation_dates.valuation_date,
        horizons.horizon_months as months,
        {{ month_end_after('valuation_dates.valuation_date', 'horizons.horizon_months') }} as horizon_end_date
    from valuation_dates
    cross join horizons
    cross join latest
    where {{ month_end_after('valuation_dates.valuation_date', 'horizons.horizon_months') }} <= latest.valuation_date
)

select * from outcome_windows
