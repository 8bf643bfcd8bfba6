-- The hash binds a proposal to what it was made of.
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
        {{ hash_of(['item_id', 'location_id', 'period_end', 'proposed_amount', 'run_id', 'quantity', 'cost_value']) }}
            as proposal_hash
    from proposals
)

select * from hashed_proposals
