with portfolio_months as (
    select * from {{ ref('int_portfolio_months') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

company_ranges as (
    select * from {{ ref('reserve_total_ranges') }}
    where dimension = 'company'
),

portfolio_risk as (
    select
        portfolio_months.valuation_date as period_end,
        '{{ var("accounting_framework") }}' as framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        portfolio_months.positions,
        portfolio_months.cost_value,
        portfolio_months.model_reserve_amount,
        company_ranges.reserve_lower_amount as model_lower_amount,
        company_ranges.reserve_upper_amount as model_upper_amount,
        portfolio_months.model_reserve_rate,
        portfolio_months.model_reserve_change_amount,
        portfolio_months.static_ageing_amount,
        portfolio_months.calibrated_coverage_amount,
        portfolio_months.booked_amount,
        portfolio_months.booked_change_amount,
        portfolio_months.exposure_amount,
        portfolio_months.stress_amount,
        portfolio_months.ten_largest_amount,
        portfolio_months.ten_largest_rate
    from portfolio_months
    inner join valuation_dates on portfolio_months.valuation_date = valuation_dates.valuation_date
    left join company_ranges on portfolio_months.valuation_date = company_ranges.valuation_date
)

select * from portfolio_risk
