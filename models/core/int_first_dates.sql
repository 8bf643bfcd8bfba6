with valuation_dates as (
    select
        valuation_date,
        coalesce(
            lag(valuation_date) over (order by valuation_date nulls last),
            {{ months_after('valuation_date', -1) }}
        ) as date_before
    from {{ ref('valuation_dates') }}
),

numbers as (
    {{ integer_series(30) }}
),

first_dates as (
    select
        cast(valuation_dates.valuation_date - cast(numbers.number as integer) as date) as day,
        valuation_dates.valuation_date
    from valuation_dates
    cross join numbers
    where cast(valuation_dates.valuation_date - cast(numbers.number as integer) as date) > valuation_dates.date_before
)

select * from first_dates
