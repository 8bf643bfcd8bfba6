with period_totals as (
    select * from {{ ref('int_period_totals') }}
),

subject_hashes as (
    select * from {{ ref('int_subject_hashes') }}
    where subject_type = 'period'
),

last_decisions as (
    select * from {{ ref('int_period_decisions') }}
    where place = 1
),

period_proposals as (
    select
        period_totals.period_end,
        period_totals.position_count,
        period_totals.overridden_count,
        period_totals.cost_value,
        period_totals.proposed_amount,
        period_totals.present_amount,
        period_totals.decided_amount,
        subject_hashes.subject_hash as period_hash,
        case
            when last_decisions.refusal_reason is null then coalesce(last_decisions.decision, 'awaiting approval')
            else 'awaiting approval'
        end as period_status,
        case when last_decisions.refusal_reason is null then last_decisions.approval_id end as approval_id,
        case when last_decisions.refusal_reason is null then last_decisions.approver end as decided_by,
        case when last_decisions.refusal_reason is null then last_decisions.decided_at end as decided_at,
        case
            when last_decisions.refusal_reason is null and last_decisions.decision = 'approved'
                then last_decisions.limit_amount
        end as position_limit_amount,
        last_decisions.approval_id || ' does not count: ' || last_decisions.refusal_reason as refusal_reason
    from period_totals
    inner join subject_hashes on cast(period_totals.period_end as string) = subject_hashes.subject_key
    left join last_decisions on cast(period_totals.period_end as string) = last_decisions.subject_key
)

select * from period_proposals
