-- The layers' shares of a unit's write-down sum to it: what the unit lacks, cost less value, and no less than nothing.
with units as (
    select
        valuation_date,
        unit_of_account,
        sum(cost_value - nrv_value) as price_shortfall,
        sum(price_write_down_amount) as price_write_down,
        sum(cost_value - expected_value) as expected_shortfall,
        sum(expected_write_down_amount) as expected_write_down,
        count(*) as layer_count,
        count(nrv_value) as priced_count,
        count(expected_value) as expected_count,
        min(price_write_down_amount) as least_share
    from {{ ref('layer_values') }}
    group by valuation_date, unit_of_account
)

select *
from units
where
    least_share < 0
    or (layer_count = priced_count and price_write_down <> greatest(price_shortfall, 0))
    or (layer_count = expected_count and expected_write_down <> greatest(expected_shortfall, 0))
