-- Wherever predictions are explained, every reserve of the model is, to the last ten-thousandth.
with explained_dates as (
    select distinct valuation_date from learning.prediction_drivers
),

driver_sums as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(driver_amount) as driver_amount
    from valuation.reserve_drivers
    group by item_id, location_id, valuation_date
)

select
    estimates.item_id,
    estimates.location_id,
    estimates.valuation_date,
    estimates.reserve_amount,
    driver_sums.driver_amount
from valuation.reserve_estimates as estimates
inner join explained_dates on estimates.valuation_date = explained_dates.valuation_date
left join driver_sums
    on
        estimates.item_id = driver_sums.item_id
        and estimates.location_id = driver_sums.location_id
        and estimates.valuation_date = driver_sums.valuation_date
where
    estimates.method = 'champion'
    and coalesce(driver_sums.driver_amount <> estimates.reserve_amount, true)
