-- What a controller looks at first: what may still be lost beyond the books, and where model and rule disagree. Both
-- count in money, so that a large doubt outranks a small certainty. Without a model the proposal takes its place.
with reviewed_positions as (
    select * from {{ ref('int_reviewed_positions') }}
    where is_latest_period
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
    where decision_status = 'awaiting approval'
),

open_positions as (
    select
        reviewed_positions.item_id,
        reviewed_positions.location_id,
        reviewed_positions.period_end,
        greatest(
            coalesce(reviewed_positions.model_upper_amount, reserve_decisions.proposed_amount)
            - reviewed_positions.booked_amount,
            0
        ) as amount_at_risk,
        abs(
            coalesce(reviewed_positions.model_reserve_amount, reserve_decisions.proposed_amount)
            - reviewed_positions.calibrated_coverage_amount
        ) as disagreement_amount,
        reserve_decisions.decision_status,
        reserve_decisions.proposal_hash
    from reviewed_positions
    inner join reserve_decisions
        on
            reviewed_positions.item_id = reserve_decisions.item_id
            and reviewed_positions.location_id = reserve_decisions.location_id
            and reviewed_positions.period_end = reserve_decisions.period_end
),

review_ranks as (
    select
        *,
        row_number() over (
            order by
                amount_at_risk + coalesce(disagreement_amount, 0) desc nulls last,
                amount_at_risk desc nulls last,
                item_id asc nulls last,
                location_id asc nulls last
        ) as review_rank
    from open_positions
)

select * from review_ranks
