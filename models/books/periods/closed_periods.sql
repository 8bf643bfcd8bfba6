with reserve_totals as (
    select
        framework,
        period_end,
        cast(count(*) as bigint) as position_count,
        cast(sum(cost_value) as {{ money_total_type() }}) as cost_value,
        cast(sum(reserve_amount) as {{ money_total_type() }}) as reserve_amount
    from {{ ref('reserves') }}
    group by framework, period_end
),

commitment_totals as (
    select
        framework,
        period_end,
        cast(sum(closing_amount) as {{ money_total_type() }}) as commitment_amount
    from {{ ref('commitment_rollforward') }}
    group by framework, period_end
),

journal_totals as (
    select
        framework,
        period_end,
        cast(sum(debit_amount) as {{ money_total_type() }}) as journal_amount
    from {{ ref('journal_lines') }}
    group by framework, period_end
),

period_states as (
    select * from {{ ref('int_period_states') }}
),

closings as (
    select * from {{ source('sealed', 'closings') }}
),

closed_periods as (
    select
        reserve_totals.period_end,
        reserve_totals.framework,
        reserve_totals.position_count,
        reserve_totals.cost_value,
        reserve_totals.reserve_amount,
        cast(coalesce(commitment_totals.commitment_amount, 0) as {{ money_total_type() }}) as commitment_amount,
        cast(coalesce(journal_totals.journal_amount, 0) as {{ money_total_type() }}) as journal_amount,
        closings.period_end is not null as is_closed,
        coalesce(closings.is_rebuilt, false) as is_rebuilt,
        coalesce(closings.period_status, period_states.period_status) as period_status,
        coalesce(closings.decided_by, period_states.decided_by) as decided_by,
        closings.evidence_hash,
        closings.manifest_hash,
        closings.closed_by,
        closings.closed_by_build,
        closings.closed_at
    from reserve_totals
    left join commitment_totals
        on
            reserve_totals.framework = commitment_totals.framework
            and reserve_totals.period_end = commitment_totals.period_end
    left join journal_totals
        on
            reserve_totals.framework = journal_totals.framework
            and reserve_totals.period_end = journal_totals.period_end
    left join period_states on reserve_totals.period_end = period_states.period_end
    left join closings
        on
            reserve_totals.period_end = closings.period_end
            and reserve_totals.framework = closings.framework
)

select * from closed_periods
