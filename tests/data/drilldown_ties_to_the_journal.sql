-- Every account of every period, summed over its positions, is what the journal posted to it.
with shown as (
    select period_end, account_code, sum(net_debit_amount) as net_debit_amount
    from {{ ref('account_drilldown') }}
    group by period_end, account_code
),

posted as (
    select period_end, account_code, sum(debit_amount) - sum(credit_amount) as net_debit_amount
    from {{ ref('journal_lines') }}
    where framework = '{{ var("accounting_framework") }}'
    group by period_end, account_code
)

select *
from posted
full join shown on posted.period_end = shown.period_end and posted.account_code = shown.account_code
where posted.net_debit_amount is distinct from shown.net_debit_amount
