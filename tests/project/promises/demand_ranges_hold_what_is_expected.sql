-- A range that does not hold the forecast it belongs to would contradict it.
with demand_forecasts as (
    select * from learning.demand_forecasts
)

select *
from demand_forecasts
where ml_quantity not between ml_lower_quantity and ml_upper_quantity
