-- The balance sheet: what the company's books opened with and every journal since, against inventory at cost less its
-- carrying amount at the end of each period.
with openings as (
    select rollforward.framework, sum(rollforward.opening_amount) as amount
    from {{ ref('reserve_rollforward') }} as rollforward
    inner join (select min(period_end) as period_end from {{ ref('reserve_rollforward') }}) as first_period
        on rollforward.period_end = first_period.period_end
    group by rollforward.framework
),

changes as (
    select
        framework,
        period_end,
        sum(case when entry_kind = 'addition' then credit_amount else 0 end)
        - sum(
            case when entry_kind in ('relieved_by_sale', 'relieved_by_scrap', 'reversal') then debit_amount else 0 end
        )
        as amount
    from {{ ref('journal_lines') }}
    group by framework, period_end
),

balance_sheet as (
    select framework, period_end, sum(cost_value) - sum(carrying_value) as amount
    from {{ ref('reserves') }}
    group by framework, period_end
)

select
    balance_sheet.framework,
    balance_sheet.period_end,
    balance_sheet.amount as balance_sheet_amount,
    coalesce(max(openings.amount), 0) + coalesce(sum(changes.amount), 0) as account_amount
from balance_sheet
left join openings on balance_sheet.framework = openings.framework
left join changes
    on balance_sheet.framework = changes.framework and changes.period_end <= balance_sheet.period_end
group by balance_sheet.framework, balance_sheet.period_end, balance_sheet.amount
having balance_sheet.amount <> coalesce(max(openings.amount), 0) + coalesce(sum(changes.amount), 0)
