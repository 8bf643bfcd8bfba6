select
    item_id,
    location_id,
    valuation_date,
    method,
    cost_value,
    reserve_lower_amount,
    reserve_amount,
    reserve_upper_amount
from valuation.reserve_estimates
where
    reserve_amount is null
    or reserve_amount not between 0 and cost_value
    or reserve_lower_amount > reserve_amount
    or reserve_upper_amount < reserve_amount
