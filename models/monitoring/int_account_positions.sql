with journal_lines as (
    select * from {{ ref('journal_lines') }}
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
)

select * from account_positions
