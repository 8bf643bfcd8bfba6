with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

fiscal_periods as (
    select * from {{ ref('fiscal_periods') }}
),

calendar as (
    select
        fiscal_periods.period_end,
        valuation_dates.is_latest as is_latest_period,
        valuation_dates.has_outcome,
        fiscal_periods.calendar_year,
        fiscal_periods.calendar_quarter,
        fiscal_periods.calendar_month,
        fiscal_periods.fiscal_period_end,
        fiscal_periods.fiscal_year,
        fiscal_periods.fiscal_quarter,
        fiscal_periods.fiscal_period,
        'FY' || fiscal_periods.fiscal_year || ' Q' || fiscal_periods.fiscal_quarter as fiscal_quarter_name,
        'FY' || fiscal_periods.fiscal_year || ' P' || lpad(cast(fiscal_periods.fiscal_period as string), 2, '0')
            as fiscal_period_name,
        fiscal_periods.is_fiscal_quarter_end,
        fiscal_periods.is_fiscal_year_end
    from fiscal_periods
    inner join valuation_dates on fiscal_periods.period_end = valuation_dates.valuation_date
)

select * from calendar
