-- Written last: what stands here is closed, and what does not is not.
-- depends_on: {{ ref('closed_reserves') }}, {{ ref('closed_rollforward') }}, {{ ref('closed_commitments') }}
-- depends_on: {{ ref('closed_journal_lines') }}, {{ ref('closed_reasons') }}, {{ ref('closed_evidence') }}
with closed_periods as (
    select * from {{ ref('int_period_totals_booked') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
    where period_state = 'closing'
),

evidence as (
    select
        {{ sha256_hex(joined_in_order("kind || ':' || name || ':' || coalesce(content, '') || '|'")) }}
            as evidence_hash
    from {{ ref('int_evidence') }}
),

period_closings as (
    select
        period_states.set_of_books,
        period_states.period_end,
        closed_periods.framework,
        closed_periods.position_count,
        closed_periods.cost_value,
        closed_periods.reserve_amount,
        closed_periods.commitment_amount,
        closed_periods.journal_amount,
        period_states.period_status,
        period_states.approval_id,
        period_states.decided_by,
        period_states.decided_at,
        period_states.period_hash,
        closed_periods.run_id,
        evidence.evidence_hash,
        period_states.is_rebuilt,
        '{{ invocation_id }}' as closed_by_build,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as closed_at
    from period_states
    inner join closed_periods on period_states.period_end = closed_periods.period_end
    cross join evidence
)

select * from period_closings
