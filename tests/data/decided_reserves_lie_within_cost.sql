select *
from {{ ref('reserve_decisions') }}
where
    coalesce(decided_amount < 0 or decided_amount > cost_value, true)
    or (decided_amount <> proposed_amount and decision_status = 'approved' and override_status <> 'applied')
    or (decided_amount <> proposed_amount and override_id is null)
