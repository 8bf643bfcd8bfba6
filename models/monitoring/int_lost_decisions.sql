-- Subjects on which people decided and of whose decisions none counts, and requests that are not heard: each with its
-- last reason, and with what was proposed anew since the first proposal, where that is why an approval lapsed.
with approvals as (
    select * from {{ ref('approvals') }}
),

overrides as (
    select * from {{ ref('overrides') }}
),

frozen_proposals as (
    select
        *,
        max(proposal_number) over (partition by item_id, location_id, period_end) as last_number
    from {{ ref('frozen_proposals') }}
    where source_name = {{ source_name() }}
),

-- A position that came after the period's first proposals counts in full.
renewed_positions as (
    select
        item_id,
        location_id,
        period_end,
        max_by(cause, proposal_number) as cause,
        sum(case when proposal_number = last_number then proposed_amount else 0 end)
        - sum(case when proposal_number = 1 and cause = 'first proposal' then proposed_amount else 0 end)
            as change_amount
    from frozen_proposals
    group by item_id, location_id, period_end
    having max(proposal_number) > 1 or min(cause) <> 'first proposal'
),

renewals_by_cause as (
    select
        period_end,
        cause,
        count(*) as position_count,
        sum(change_amount) as change_amount
    from renewed_positions
    group by period_end, cause
),

renewals as (
    select
        period_end,
        sum(position_count) as renewed_count,
        sum(change_amount) as renewed_amount,
        trim({{ joined_in_order("cause || ' '") }}) as causes
    from renewals_by_cause
    group by period_end
),

last_approvals as (
    select
        *,
        row_number() over (
            partition by subject_type, subject_key
            order by decided_at desc nulls last, approval_id desc nulls last, delivery_number desc nulls last
        ) as place,
        count(case when approval_status not in ('lapsed', 'refused') then 1 end)
            over (partition by subject_type, subject_key) as counting
    from approvals
),

-- A decision on a request that is not heard is told with the request.
unheard_requests as (
    select * from overrides
    where override_status in ('refused', 'expired', 'superseded')
),

lost_decisions as (
    select
        last_approvals.subject_type,
        last_approvals.subject_key,
        last_approvals.period_end,
        last_approvals.approval_id as decision_id,
        last_approvals.approver as person,
        last_approvals.decided_at as spoken_at,
        last_approvals.approval_status as status,
        last_approvals.stake_amount as amount,
        last_approvals.refusal_reason
    from last_approvals
    left join unheard_requests
        on last_approvals.subject_type = 'override' and last_approvals.subject_key = unheard_requests.override_id
    where last_approvals.place = 1 and last_approvals.counting = 0 and unheard_requests.override_id is null
    union all
    select
        'request' as subject_type,
        override_id as subject_key,
        period_end,
        override_id as decision_id,
        requested_by as person,
        requested_at as spoken_at,
        override_status as status,
        reserve_amount as amount,
        refusal_reason
    from unheard_requests
    where override_status <> 'superseded'
),

explained_decisions as (
    select
        lost_decisions.*,
        case when lost_decisions.status = 'lapsed' then renewals.renewed_count end as renewed_count,
        case when lost_decisions.status = 'lapsed' then renewals.renewed_amount end as renewed_amount,
        case when lost_decisions.status = 'lapsed' then renewals.causes end as renewed_because
    from lost_decisions
    left join renewals on lost_decisions.period_end = renewals.period_end
)

select * from explained_decisions
