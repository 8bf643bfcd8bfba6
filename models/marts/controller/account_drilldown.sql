with account_positions as (
    select * from {{ ref('int_account_positions') }}
    where framework = '{{ var("accounting_framework") }}'
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

account_drilldown as (
    select
        account_positions.period_end,
        account_positions.framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        account_positions.account_code,
        account_positions.account_name,
        items.category,
        account_positions.item_id,
        items.description as item_description,
        account_positions.location_id,
        account_positions.debit_amount,
        account_positions.credit_amount,
        account_positions.net_debit_amount
    from account_positions
    inner join items on account_positions.item_id = items.item_id
    inner join valuation_dates on account_positions.period_end = valuation_dates.valuation_date
)

select * from account_drilldown
