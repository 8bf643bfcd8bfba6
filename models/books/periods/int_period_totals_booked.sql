with reserves as (
    select * from {{ ref('reserves') }}
),

commitment_rollforward as (
    select * from {{ ref('commitment_rollforward') }}
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
),

journal_totals as (
    select
        framework,
        period_end,
        cast(sum(debit_amount) as {{ money_total_type() }}) as journal_amount
    from journal_lines
    group by framework, period_end
),

commitment_totals as (
    select
        framework,
        period_end,
        cast(sum(closing_amount) as {{ money_total_type() }}) as commitment_amount
    from commitment_rollforward
    group by framework, period_end
),

reserve_totals as (
    select
        framework,
        period_end,
        cast(count(*) as bigint) as position_count,
        cast(sum(cost_value) as {{ money_total_type() }}) as cost_value,
        cast(sum(reserve_amount) as {{ money_total_type() }}) as reserve_amount,
        max(run_id) as run_id
    from reserves
    group by framework, period_end
),

period_totals as (
    select
        reserve_totals.period_end,
        reserve_totals.framework,
        reserve_totals.position_count,
        reserve_totals.cost_value,
        reserve_totals.reserve_amount,
        reserve_totals.run_id,
        cast(coalesce(commitment_totals.commitment_amount, 0) as {{ money_total_type() }}) as commitment_amount,
        cast(coalesce(journal_totals.journal_amount, 0) as {{ money_total_type() }}) as journal_amount
    from reserve_totals
    left join journal_totals
        on
            reserve_totals.framework = journal_totals.framework
            and reserve_totals.period_end = journal_totals.period_end
    left join commitment_totals
        on
            reserve_totals.framework = commitment_totals.framework
            and reserve_totals.period_end = commitment_totals.period_end
)

select * from period_totals
