-- Every used row of the two input tables is in the public list, once, and says why where it does not count.
select 'override' as kind, requests.override_id as id, count(overrides.override_id) as listed
from (select distinct override_id from {{ ref('stg_reserve_overrides') }}) as requests
left join {{ ref('overrides') }} as overrides on requests.override_id = overrides.override_id
group by requests.override_id
having count(overrides.override_id) <> 1
union all
select 'approval' as kind, decisions.approval_id as id, count(approvals.approval_id) as listed
from (
    select approval_id, count(*) as rows_given from {{ ref('stg_reserve_approvals') }} group by approval_id
) as decisions
left join {{ ref('approvals') }} as approvals on decisions.approval_id = approvals.approval_id
group by decisions.approval_id, decisions.rows_given
having count(approvals.approval_id) <> decisions.rows_given
union all
select 'override without a reason' as kind, override_id as id, 1 as listed
from {{ ref('overrides') }}
where override_status in ('refused', 'expired', 'superseded', 'rejected') and refusal_reason is null
union all
select 'approval without a reason' as kind, approval_id as id, 1 as listed
from {{ ref('approvals') }}
where approval_status in ('refused', 'lapsed') and refusal_reason is null
