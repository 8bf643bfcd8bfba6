-- To the last ten-thousandth, over all positions that the override speaks for.
with shares as (
    select
        override_id,
        sum(override_amount) as override_amount,
        sum(case when override_status = 'applied' then decided_amount else override_amount end) as decided_amount
    from {{ ref('reserve_decisions') }}
    group by override_id
)

select
    overrides.override_id,
    overrides.reserve_amount,
    shares.override_amount,
    shares.decided_amount
from {{ ref('overrides') }} as overrides
left join shares on overrides.override_id = shares.override_id
where
    overrides.override_status in ('applied', 'awaiting approval', 'rejected')
    and (
        coalesce(shares.override_amount <> overrides.reserve_amount, true)
        or coalesce(shares.decided_amount <> overrides.reserve_amount, true)
    )
