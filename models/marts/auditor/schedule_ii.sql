with valuation_account_years as (
    select * from {{ ref('valuation_account_years') }}
    where framework = '{{ var("accounting_framework") }}'
),

schedule_ii as (
    select
        fiscal_year,
        framework,
        period_end,
        period_count,
        is_latest_period,
        {{ reporting_currency() }} as currency,
        beginning_amount,
        charged_to_costs_amount,
        charged_to_other_accounts_amount,
        deducted_by_sale_amount,
        deducted_by_scrap_amount,
        deductions_amount,
        ending_amount
    from valuation_account_years
)

select * from schedule_ii
