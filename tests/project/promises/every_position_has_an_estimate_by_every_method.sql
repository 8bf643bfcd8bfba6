-- From the first date with a training window: the policy, the four fitted rules and NRV; every model and the champion on the
-- dates that models score.
with origins as (
    select distinct
        windows.origin_date,
        case when scoring_dates.valuation_date is null then 6 else 11 end as methods_due
    from outcomes.training_windows as windows
    left join outcomes.scoring_dates as scoring_dates
        on windows.origin_date = scoring_dates.valuation_date
),

positions as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        origins.methods_due
    from core.on_hand as on_hand
    inner join origins on on_hand.valuation_date = origins.origin_date
    where on_hand.quantity > 0
)

select
    positions.item_id,
    positions.location_id,
    positions.valuation_date,
    positions.methods_due,
    count(estimates.method) as methods
from positions
left join valuation.reserve_estimates as estimates
    on
        positions.item_id = estimates.item_id
        and positions.location_id = estimates.location_id
        and positions.valuation_date = estimates.valuation_date
        and estimates.method <> 'booked'
group by
    positions.item_id,
    positions.location_id,
    positions.valuation_date,
    positions.methods_due
having count(estimates.method) <> positions.methods_due
