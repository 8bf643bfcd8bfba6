-- Month ends, and the day of a flash where one is asked for: its months are those that had ended by then.
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
        data_window.as_of_date,
        data_window.flash_date
    from data_window
    cross join numbers
),

dates as (
    select
        valuation_date,
        month_number,
        as_of_date,
        cast(null as date) as flash_date
    from month_ends
    where valuation_date <= as_of_date
    union all
    select
        flash_date as valuation_date,
        month_number,
        as_of_date,
        flash_date
    from month_ends
    where valuation_date = as_of_date and flash_date is not null
),

valuation_dates as (
    select
        valuation_date,
        flash_date,
        month_number,
        case when flash_date is null then valuation_date else as_of_date end as last_month_end,
        cast({{ var('horizon_months') }} as bigint) as horizon_months,
        {{ months_after('valuation_date', var('horizon_months')) }} as horizon_end_date,
        valuation_date = as_of_date as is_latest,
        {{ months_after('valuation_date', var('horizon_months')) }} <= as_of_date as has_outcome
    from dates
)

select * from valuation_dates
