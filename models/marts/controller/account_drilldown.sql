with journal_lines as (
    select * from {{ ref('journal_lines') }}
    where framework = '{{ var("accounting_framework") }}'
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

account_positions as (
    select
        period_end,
        framework,
        account_code,
        max(split_part(description, ': ', 1)) as account_name,
        item_id,
        location_id,
        cast(sum(debit_amount) as {{ money_type() }}) as debit_amount,
        cast(sum(credit_amount) as {{ money_type() }}) as credit_amount,
        cast(sum(debit_amount) - sum(credit_amount) as {{ money_type() }}) as net_debit_amount
    from journal_lines
    group by period_end, framework, account_code, item_id, location_id
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
