-- What is left to do before a period can be closed.
with period_proposals as (
    select * from {{ ref('period_proposals') }}
),

decision_counts as (
    select
        period_end,
        cast(sum(case when decision_status = 'awaiting approval' then 1 else 0 end) as bigint) as awaiting_count,
        cast(
            sum(case when decision_status = 'awaiting approval' then decided_amount else 0 end)
            as {{ money_total_type() }}
        ) as awaiting_amount,
        cast(sum(case when override_status = 'awaiting approval' then 1 else 0 end) as bigint)
            as awaiting_override_count,
        cast(sum(case when is_booked then 1 else 0 end) as bigint) as booked_count
    from {{ ref('reserve_decisions') }}
    group by period_end
),

refused_counts as (
    select
        period_end,
        cast(sum(case when override_status in ('refused', 'expired') then 1 else 0 end) as bigint)
            as refused_override_count
    from {{ ref('overrides') }}
    group by period_end
),

closed_periods as (
    select * from {{ ref('closed_periods') }}
    where framework = '{{ var("accounting_framework") }}'
),

open_tie_outs as (
    select
        period_end,
        cast(sum(case when is_tied then 0 else 1 end) as bigint) as untied_count
    from {{ ref('int_tie_outs') }}
    group by period_end
),

holder_counts as (
    select count(*) as holder_count from {{ ref('role_holders') }}
),

close_steps as (
    select
        period_proposals.period_end,
        period_proposals.position_count,
        period_proposals.cost_value,
        period_proposals.proposed_amount,
        period_proposals.decided_amount,
        coalesce(closed_periods.period_status, period_proposals.period_status) as period_status,
        coalesce(closed_periods.decided_by, period_proposals.decided_by) as decided_by,
        period_proposals.decided_at,
        coalesce(
            period_proposals.refusal_reason,
            case when holder_counts.holder_count = 0 then '{{ nobody_may_approve() }}' end
        ) as refusal_reason,
        decision_counts.booked_count,
        decision_counts.awaiting_count,
        decision_counts.awaiting_amount,
        decision_counts.awaiting_override_count,
        coalesce(refused_counts.refused_override_count, 0) as refused_override_count,
        cast(coalesce(closed_periods.reserve_amount, 0) as {{ money_total_type() }}) as booked_amount,
        cast(coalesce(closed_periods.journal_amount, 0) as {{ money_total_type() }}) as journal_amount,
        coalesce(closed_periods.is_closed, false) as is_closed,
        coalesce(open_tie_outs.untied_count, 0) as untied_count,
        case
            when closed_periods.is_closed then 'closed'
            when open_tie_outs.untied_count > 0 then 'mend what does not tie'
            when holder_counts.holder_count = 0 then 'name who may approve in the seed approvers'
            when period_proposals.period_status = 'rejected' then 'rejected: propose anew'
            when decision_counts.awaiting_override_count > 0 then 'decide on overrides'
            when period_proposals.period_status = 'awaiting approval' then 'approve the period'
            when decision_counts.awaiting_count > 0 then 'decide on write-downs above the approver''s limit'
            else 'ready to close'
        end as next_step
    from period_proposals
    cross join holder_counts
    inner join decision_counts on period_proposals.period_end = decision_counts.period_end
    left join refused_counts on period_proposals.period_end = refused_counts.period_end
    left join closed_periods on period_proposals.period_end = closed_periods.period_end
    left join open_tie_outs on period_proposals.period_end = open_tie_outs.period_end
)

select * from close_steps
