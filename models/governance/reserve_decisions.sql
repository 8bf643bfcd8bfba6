-- Proposed, asked for and decided stand side by side. What a rejected period holds is never booked; what nobody decided
-- is booked only where the var book_without_approval says so, and only if it says true itself, not a word like it.
{%- set needs_approval = var('book_without_approval') is not sameas true %}
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
            when period_proposals.period_status = 'approved' then 'approved'
            else '{{ "awaiting approval" if needs_approval else "booked without approval" }}'
        end as decision_status
    from decided_amounts
    inner join period_proposals on decided_amounts.period_end = period_proposals.period_end
),

reserve_decisions as (
    select
        item_id,
        location_id,
        period_end,
        run_id,
        quantity,
        cost_value,
        proposed_amount,
        override_id,
        override_amount,
        override_status,
        decided_amount,
        decision_status,
        case when decision_status = 'override applied' then decided_by else period_decided_by end as decided_by,
        case when decision_status = 'override applied' then decided_at else period_decided_at end as decided_at,
        decision_status in ('override applied', 'approved', 'booked without approval') as is_booked,
        proposal_hash
    from judged_amounts
)

select * from reserve_decisions
