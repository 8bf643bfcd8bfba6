-- Told from the input tables alone: an applied override has a decision 'approved' by another person whose role may
-- decide on its amount, given no earlier than the request.
with supported_overrides as (
    select overrides.override_id
    from {{ ref('overrides') }} as overrides
    inner join {{ ref('stg_reserve_overrides') }} as requests
        on overrides.override_id = requests.override_id and overrides.reserve_amount = requests.reserve_amount
    inner join {{ ref('stg_reserve_approvals') }} as decisions
        on requests.override_id = decisions.subject_id and decisions.subject_type ilike 'override'
    inner join {{ ref('authority_levels') }} as authority_levels
        on
            authority_levels.subject_type = 'override'
            and lower(decisions.approver_role) = authority_levels.approver_role
    where
        decisions.decision ilike 'approved'
        and regexp_replace(lower(decisions.approver), '[^a-z0-9@]', '', 'g')
        <> regexp_replace(lower(requests.requested_by), '[^a-z0-9@]', '', 'g')
        and decisions.decided_at >= requests.requested_at
        and authority_levels.limit_amount >= requests.reserve_amount
        and authority_levels.limit_amount >= abs(requests.reserve_amount - overrides.proposed_amount)
)

select overrides.*
from {{ ref('overrides') }} as overrides
left join supported_overrides on overrides.override_id = supported_overrides.override_id
where overrides.override_status = 'applied' and supported_overrides.override_id is null
