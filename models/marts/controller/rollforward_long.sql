with rollforward_components as (
    select * from {{ ref('int_rollforward_components') }}
    where framework = '{{ var("accounting_framework") }}'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

fiscal_periods as (
    select * from {{ ref('fiscal_periods') }}
),

rollforward_long as (
    select
        rollforward_components.period_end,
        rollforward_components.framework,
        valuation_dates.is_latest as is_latest_period,
        fiscal_periods.fiscal_year,
        fiscal_periods.fiscal_quarter,
        fiscal_periods.fiscal_period,
        {{ reporting_currency() }} as currency,
        rollforward_components.category,
        rollforward_components.component,
        rollforward_components.sort_order,
        rollforward_components.amount
    from rollforward_components
    inner join valuation_dates on rollforward_components.period_end = valuation_dates.valuation_date
    inner join fiscal_periods on rollforward_components.period_end = fiscal_periods.period_end
)

select * from rollforward_long
