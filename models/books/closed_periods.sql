-- Every period but the latest counts as closed; its freezing comes with the decisions that close it.
with reserves as (
    select * from {{ ref('reserves') }}
),

journal_totals as (
    select
        framework,
        period_end,
        cast(sum(debit_amount) as decimal(18, 4)) as journal_amount
    from {{ ref('journal_lines') }}
    group by framework, period_end
),

closed_periods as (
    select
        reserves.period_end,
        reserves.framework,
        count(*) as position_count,
        cast(sum(reserves.cost_value) as decimal(18, 4)) as cost_value,
        cast(sum(reserves.reserve_amount) as decimal(18, 4)) as reserve_amount,
        coalesce(max(journal_totals.journal_amount), 0) as journal_amount,
        not bool_or(reserves.is_latest_period) as is_closed
    from reserves
    left join journal_totals
        on reserves.framework = journal_totals.framework and reserves.period_end = journal_totals.period_end
    group by reserves.period_end, reserves.framework
)

select * from closed_periods
