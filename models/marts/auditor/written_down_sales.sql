with written_down_margins as (
    select * from {{ ref('written_down_margins') }}
    where framework = '{{ var("accounting_framework") }}'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

written_down_sales as (
    select
        written_down_margins.period_end,
        written_down_margins.framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        written_down_margins.category,
        written_down_margins.positions,
        written_down_margins.net_amount,
        written_down_margins.cost_amount,
        written_down_margins.relieved_amount,
        written_down_margins.margin_on_cost_amount,
        written_down_margins.margin_on_carrying_amount
    from written_down_margins
    inner join valuation_dates on written_down_margins.period_end = valuation_dates.valuation_date
)

select * from written_down_sales
