-- Under US GAAP a write-down is never written up: the booked reserve is never under the decided one.
select *
from {{ ref('reserves') }}
where
    reserve_amount < 0
    or reserve_amount > cost_value
    or (framework = 'ifrs' and reserve_amount <> decided_amount)
    or (framework = 'us_gaap' and reserve_amount < decided_amount)
