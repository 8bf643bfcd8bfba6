with judged_requests as (
    select * from {{ ref('int_judged_requests') }}
),

-- The decision that holds, or the last of those that do not count.
last_decisions as (
    select * from {{ ref('int_override_decisions') }}
    where place = 1
),

overrides as (
    select
        judged_requests.override_id,
        judged_requests.item_id,
        judged_requests.location_id,
        judged_requests.period_end,
        judged_requests.reserve_amount,
        judged_requests.proposed_amount,
        judged_requests.stake_amount,
        judged_requests.override_hash,
        judged_requests.reason_code,
        judged_requests.rationale,
        judged_requests.requested_by,
        judged_requests.requested_at,
        judged_requests.expires_on,
        case
            when judged_requests.request_status <> 'standing' then judged_requests.request_status
            when last_decisions.refusal_reason is not null then 'awaiting approval'
            when last_decisions.decision = 'approved' then 'applied'
            when last_decisions.decision = 'rejected' then 'rejected'
            else 'awaiting approval'
        end as override_status,
        case when last_decisions.refusal_reason is null then last_decisions.approval_id end as approval_id,
        case when last_decisions.refusal_reason is null then last_decisions.approver end as decided_by,
        case when last_decisions.refusal_reason is null then last_decisions.decided_at end as decided_at,
        case
            when judged_requests.request_status <> 'standing' then judged_requests.refusal_reason
            when last_decisions.refusal_reason is not null
                then last_decisions.approval_id || ' does not count: ' || last_decisions.refusal_reason
            when last_decisions.decision = 'rejected' then 'rejected by ' || last_decisions.approver
        end as refusal_reason
    from judged_requests
    left join last_decisions on judged_requests.override_id = last_decisions.subject_key
)

select * from overrides
