-- The reserve account's movement in the journal is the roll-forward's, by framework and period.
with booked as (
    select
        framework,
        period_end,
        sum(credit_amount) - sum(debit_amount) as change_amount
    from {{ ref('journal_lines') }}
    where account_code = '1490'
    group by framework, period_end
),

rolled as (
    select
        framework,
        period_end,
        sum(closing_amount) - sum(opening_amount) as change_amount
    from {{ ref('reserve_rollforward') }}
    group by framework, period_end
)

select
    rolled.framework,
    rolled.period_end,
    rolled.change_amount - coalesce(booked.change_amount, 0) as difference
from rolled
left join booked on rolled.framework = booked.framework and rolled.period_end = booked.period_end
where rolled.change_amount <> coalesce(booked.change_amount, 0)
