-- A position's months add up to its expected demand, but for the rounding of each month to a millionth, and of floats.
with demand_forecasts as (
    select * from forecasting.demand_forecasts
),

predictions as (
    select * from learning.predictions
),

sums as (
    select
        item_id,
        location_id,
        valuation_date,
        count(*) as months,
        sum(expected_quantity) as expected_quantity
    from demand_forecasts
    group by item_id, location_id, valuation_date
),

wrong as (
    select predictions.*
    from predictions
    inner join core.items on predictions.item_id = items.item_id
    inner join sums
        on
            predictions.item_id = sums.item_id
            and predictions.location_id = sums.location_id
            and predictions.valuation_date = sums.valuation_date
    where
        sums.months <> items.horizon_months
        or abs(sums.expected_quantity - predictions.expected_demand_quantity)
        > 0.000001 * sums.months + 1e-12 * cast(predictions.expected_demand_quantity as double)
)

select * from wrong
