{{ config(materialized='view') }}

with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
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
        valuation_date,
        horizon_months as months,
        horizon_end_date
    from valuation_dates
    where has_outcome
)

select * from outcome_windows
