-- The hash binds a proposal to what it was made of; ids go in with their length, so that no two can run together.
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'ml'
),

predictions as (
    select * from {{ ref('predictions') }}
),

proposals as (
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        reserve_estimates.valuation_date as period_end,
        predictions.run_id,
        reserve_estimates.quantity,
        reserve_estimates.cost_value,
        reserve_estimates.reserve_amount as proposed_amount
    from reserve_estimates
    inner join predictions
        on
            reserve_estimates.item_id = predictions.item_id
            and reserve_estimates.location_id = predictions.location_id
            and reserve_estimates.valuation_date = predictions.valuation_date
),

hashed_proposals as (
    select
        *,
        {{ sha256_hex(
            "length(item_id) || ':' || item_id || length(location_id) || ':' || location_id"
            ~ " || period_end || '|' || proposed_amount || '|' || coalesce(run_id, '') || '|' || cost_value"
        ) }} as proposal_hash
    from proposals
)

select * from hashed_proposals
