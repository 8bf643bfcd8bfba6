-- What people decided on a position: on its override, on its write-down, or with its period where the approver's role
-- covers a position of that size. What a rejected period holds is never booked, overrides included.
with decided_amounts as (
    select * from {{ ref('int_decided_amounts') }}
),

period_proposals as (
    select * from {{ ref('period_proposals') }}
),

judged_amounts as (
    select
        decided_amounts.*,
        period_proposals.decided_by as period_decided_by,
        period_proposals.decided_at as period_decided_at,
        case
            when period_proposals.period_status = 'rejected' then 'rejected'
            when decided_amounts.override_status = 'applied' then 'override applied'
            when decided_amounts.write_down_status = 'approved' then 'write-down approved'
            when decided_amounts.write_down_status = 'rejected' then 'write-down rejected'
            when decided_amounts.decided_amount <= period_proposals.position_limit_amount then 'approved'
            else 'awaiting approval'
        end as decision_status
    from decided_amounts
    inner join period_proposals on decided_amounts.period_end = period_proposals.period_end
),

position_decisions as (
    select
        item_id,
        location_id,
        period_end,
        method,
        run_id,
        quantity,
        cost_value,
        proposed_amount,
        present_amount,
        override_id,
        override_amount,
        override_status,
        decided_amount,
        decision_status,
        case
            when decision_status in ('approved', 'rejected') then period_decided_by
            when decision_status <> 'awaiting approval' then decided_by
        end as decided_by,
        case
            when decision_status in ('approved', 'rejected') then period_decided_at
            when decision_status <> 'awaiting approval' then decided_at
        end as decided_at,
        decision_status in ('override applied', 'write-down approved', 'approved') as is_booked,
        proposal_hash
    from judged_amounts
)

select * from position_decisions
