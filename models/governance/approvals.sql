with decisions as (
    select * from {{ ref('stg_reserve_approvals') }}
),

overrides as (
    select * from {{ ref('overrides') }}
),

authority_levels as (
    select * from {{ ref('authority_levels') }}
),

approvals as (
    select
        decisions.approval_id,
        decisions.subject_type,
        decisions.subject_id,
        decisions.decision,
        decisions.approver,
        decisions.approver_role,
        decisions.decided_at,
        decisions.comment,
        case
            when decisions.approver is null then 'nobody decided it'
            when decisions.subject_type = 'override' and overrides.override_id is null
                then 'the override is unknown'
            when decisions.approver = overrides.requested_by
                then 'the one who asked may not decide'
            when authority_levels.approver_role is null then 'the role has no authority'
            when abs(overrides.reserve_amount) > authority_levels.limit_amount
                then 'the amount is above the authority of the role'
        end as refusal_reason
    from decisions
    left join overrides
        on decisions.subject_type = 'override' and decisions.subject_id = overrides.override_id
    left join authority_levels
        on
            decisions.approver_role = authority_levels.approver_role
            and decisions.subject_type = authority_levels.subject_type
)

select * from approvals
