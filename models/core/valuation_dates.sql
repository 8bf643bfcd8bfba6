with data_window as (
    select * from {{ ref('int_data_window') }}
),

numbers as (
    {{ integer_series(1200) }}
),

month_ends as (
    select
        {{ month_end_after('data_window.first_day', 'numbers.number') }} as valuation_date,
        cast(numbers.number + 1 as bigint) as month_number,
        data_window.as_of_date
    from data_window
    cross join numbers
),

valuation_dates as (
    select
        valuation_date,
        month_number,
        cast({{ var('horizon_months') }} as bigint) as horizon_months,
        {{ month_end_after('valuation_date', var('horizon_months')) }} as horizon_end_date,
        valuation_date = as_of_date as is_latest,
        {{ month_end_after('valuation_date', var('horizon_months')) }} <= as_of_date as has_outcome
    from month_ends
    where valuation_date <= as_of_date
)

select * from valuation_dates
