with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

month_windows as (
    select
        valuation_date,
        {{ month_end_after('valuation_date', 1) }} as horizon_end_date
    from valuation_dates
    where not is_latest
)

select * from month_windows
