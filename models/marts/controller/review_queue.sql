-- What a controller looks at first: what may still be lost beyond the books, and where model and rule disagree. Both
-- count in money, so that a large doubt outranks a small certainty. Without a model the proposal takes its place.
with reserve_review as (
    select * from {{ ref('reserve_review') }}
    where is_latest_period
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
    where decision_status = 'awaiting approval'
),

waiting as (
    select
        reserve_review.* exclude (decision_status),
        greatest(
            coalesce(reserve_review.model_upper_amount, reserve_decisions.proposed_amount)
            - reserve_review.booked_amount,
            0
        ) as amount_at_risk,
        abs(
            coalesce(reserve_review.model_reserve_amount, reserve_decisions.proposed_amount)
            - reserve_review.calibrated_coverage_amount
        ) as disagreement_amount,
        reserve_decisions.decision_status,
        reserve_decisions.proposal_hash
    from reserve_review
    inner join reserve_decisions
        on
            reserve_review.item_id = reserve_decisions.item_id
            and reserve_review.location_id = reserve_decisions.location_id
            and reserve_review.period_end = reserve_decisions.period_end
),

review_queue as (
    select
        row_number() over (
            order by
                amount_at_risk + coalesce(disagreement_amount, 0) desc nulls last,
                amount_at_risk desc nulls last,
                item_id asc nulls last,
                location_id asc nulls last
        ) as review_rank,
        item_id,
        location_id,
        period_end,
        framework,
        is_latest_period,
        currency,
        item_description,
        category,
        unit_of_measure,
        quantity,
        cost_value,
        risk_band,
        model_reserve_amount,
        model_lower_amount,
        model_upper_amount,
        static_ageing_amount,
        calibrated_coverage_amount,
        proposing_method,
        proposed_amount,
        booked_amount,
        amount_at_risk,
        disagreement_amount,
        decision_status,
        override_id,
        override_status,
        reason_1,
        reason_2,
        reason_3,
        proposal_hash
    from waiting
)

select * from review_queue
