select
    framework,
    period_end,
    sum(transferred_amount) as difference
from {{ ref('reserve_rollforward') }}
group by framework, period_end
having sum(transferred_amount) <> 0
