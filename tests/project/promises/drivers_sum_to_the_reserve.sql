-- Every reserve of the champion is explained, at every date, to the last ten-thousandth.
with driver_sums as (
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
left join driver_sums
    on
        estimates.item_id = driver_sums.item_id
        and estimates.location_id = driver_sums.location_id
        and estimates.valuation_date = driver_sums.valuation_date
where
    estimates.method = 'champion'
    and coalesce(driver_sums.driver_amount <> estimates.reserve_amount, true)
