-- The one definition of fiscal years, quarters and periods. A period of the company's own calendar is told by the month
-- end next to which it ends; month ends that the calendar does not name, all outside the data, are told by the var.
{%- set start_month = var('fiscal_year_start_month') %}
with data_window as (
    select * from {{ ref('int_data_window') }}
),

numbers as (
    {{ integer_series(1500) }}
),

-- From twenty years before the data, since books may have been closed before they begin.
month_ends as (
    select
        {{ month_end_after('data_window.first_day', 'numbers.number - 240') }} as period_end,
        {{ month_end_after('data_window.as_of_date', 60) }} as last_period_end
    from data_window
    cross join numbers
),

own_ends as (
    select
        *,
        cast(last_day(period_end) as date) as month_end,
        cast(last_day({{ add_months('period_end', -1) }}) as date) as last_month_end
    from {{ ref('fiscal_calendar') }}
),

own_periods as (
    select
        case
            when {{ days_between('last_month_end', 'period_end') }} < {{ days_between('period_end', 'month_end') }}
                then last_month_end
            else month_end
        end as period_end,
        period_end as fiscal_period_end,
        fiscal_year,
        fiscal_quarter,
        fiscal_period,
        lead(fiscal_year) over (order by period_end nulls last) as next_fiscal_year,
        lead(fiscal_quarter) over (order by period_end nulls last) as next_fiscal_quarter
    from own_ends
),

-- A fiscal year bears the number of the calendar year in which it ends.
calendar_periods as (
    select
        period_end,
        cast(
            extract(year from period_end)
            + case when {{ start_month }} > 1 and extract(month from period_end) >= {{ start_month }} then 1 else 0 end
            as bigint
        ) as fiscal_year,
        cast((extract(month from period_end) + 12 - {{ start_month }}) % 12 + 1 as bigint) as fiscal_period
    from month_ends
    where period_end <= last_period_end
),

fiscal_periods as (
    select
        calendar_periods.period_end,
        cast(extract(year from calendar_periods.period_end) as bigint) as calendar_year,
        cast(extract(quarter from calendar_periods.period_end) as bigint) as calendar_quarter,
        cast(extract(month from calendar_periods.period_end) as bigint) as calendar_month,
        coalesce(own_periods.fiscal_period_end, calendar_periods.period_end) as fiscal_period_end,
        coalesce(own_periods.fiscal_year, calendar_periods.fiscal_year) as fiscal_year,
        coalesce(
            own_periods.fiscal_quarter, cast(floor((calendar_periods.fiscal_period + 2) / 3) as bigint)
        ) as fiscal_quarter,
        coalesce(own_periods.fiscal_period, calendar_periods.fiscal_period) as fiscal_period,
        case
            when own_periods.period_end is null then calendar_periods.fiscal_period % 3 = 0
            else coalesce(
                own_periods.next_fiscal_quarter <> own_periods.fiscal_quarter
                or own_periods.next_fiscal_year <> own_periods.fiscal_year,
                own_periods.fiscal_period % 3 = 0
            )
        end as is_fiscal_quarter_end,
        case
            when own_periods.period_end is null then calendar_periods.fiscal_period = 12
            else coalesce(
                own_periods.next_fiscal_year <> own_periods.fiscal_year, own_periods.fiscal_period = 12
            )
        end as is_fiscal_year_end,
        {{ 'true' if var('interim_recoveries') else 'false' }} as allows_interim_recoveries
    from calendar_periods
    left join own_periods on calendar_periods.period_end = own_periods.period_end
)

select * from fiscal_periods
