select *
from {{ ref('reserve_decisions') }}
where
    (decision_status in ('awaiting approval', 'booked automatically')) <> (decided_by is null)
    or (decided_by is null) <> (decided_at is null)
