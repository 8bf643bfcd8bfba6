select *
from {{ ref('reserve_decisions') }}
where
    (decision_status in ('approved', 'override applied', 'rejected')) <> (decided_by is not null)
    or (decided_by is null) <> (decided_at is null)
