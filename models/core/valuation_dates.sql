{# A month counts as complete when no more than a weekend is missing at its end. #}
with data_window as (
    select * from {{ ref('int_data_window') }}
),

bounds as (
    select
        first_day,
        {% if var('as_of_date') -%}
        cast('{{ var("as_of_date") }}' as date) as as_of_date
        {%- else -%}
        case
            when {{ days_between('last_day', 'last_day(last_day)') }} <= 2
                then cast(last_day(last_day) as date)
            else {{ month_end_after('last_day', -1) }}
        end as as_of_date
        {%- endif %}
    from data_window
),

numbers as (
    {{ integer_series(1200) }}
),

month_ends as (
    select
        {{ month_end_after('bounds.first_day', 'numbers.number') }} as valuation_date,
        cast(numbers.number + 1 as bigint) as month_number,
        bounds.as_of_date
    from bounds
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
