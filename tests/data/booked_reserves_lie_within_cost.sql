-- Under US GAAP a write-down is never written up, but within its fiscal year where the policy says so: the booked
-- reserve is never under the decided one. What is not to be booked leaves the reserve as it was.
select *
from {{ ref('reserves') }}
where
    reserve_amount < 0
    or reserve_amount > cost_value
    or carrying_value <> cost_value - reserve_amount
    or (is_booked and framework = 'ifrs' and reserve_amount <> decided_amount)
    or (is_booked and framework = 'us_gaap' and reserve_amount < decided_amount)
