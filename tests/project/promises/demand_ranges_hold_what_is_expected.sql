-- A range that does not hold the forecast it belongs to would contradict it.
with demand_forecasts as (
    select * from forecasting.demand_forecasts
)

select *
from demand_forecasts
where expected_quantity not between lower_quantity and upper_quantity
