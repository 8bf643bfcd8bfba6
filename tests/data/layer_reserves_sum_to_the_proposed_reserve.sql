-- What the champion reserves of a position stands on its layers, to the last unit, and no layer's part exceeds its
-- cost.
with layer_sums as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(reserve_amount) as reserve_amount,
        bool_or(reserve_amount < 0 or reserve_amount > cost_value) as is_beyond_cost
    from {{ ref('layer_reserves') }}
    group by item_id, location_id, valuation_date
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
)

select
    coalesce(reserve_estimates.item_id, layer_sums.item_id) as item_id,
    coalesce(reserve_estimates.location_id, layer_sums.location_id) as location_id,
    coalesce(reserve_estimates.valuation_date, layer_sums.valuation_date) as valuation_date,
    layer_sums.reserve_amount as layer_amount,
    reserve_estimates.reserve_amount
from reserve_estimates
full join layer_sums
    on
        reserve_estimates.item_id = layer_sums.item_id
        and reserve_estimates.location_id = layer_sums.location_id
        and reserve_estimates.valuation_date = layer_sums.valuation_date
where
    layer_sums.is_beyond_cost
    or layer_sums.reserve_amount is null
    or reserve_estimates.reserve_amount is null
    or layer_sums.reserve_amount <> reserve_estimates.reserve_amount
