with review_ranks as (
    select * from {{ ref('int_review_ranks') }}
),

reserve_review as (
    select * from {{ ref('reserve_review') }}
),

review_queue as (
    select
        review_ranks.review_rank,
        reserve_review.item_id,
        reserve_review.location_id,
        reserve_review.period_end,
        reserve_review.framework,
        reserve_review.is_latest_period,
        reserve_review.currency,
        reserve_review.item_description,
        reserve_review.category,
        reserve_review.unit_of_measure,
        reserve_review.quantity,
        reserve_review.cost_value,
        reserve_review.risk_band,
        reserve_review.model_reserve_amount,
        reserve_review.model_lower_amount,
        reserve_review.model_upper_amount,
        reserve_review.static_ageing_amount,
        reserve_review.calibrated_coverage_amount,
        reserve_review.proposing_method,
        reserve_review.proposed_amount,
        reserve_review.booked_amount,
        review_ranks.amount_at_risk,
        review_ranks.disagreement_amount,
        review_ranks.decision_status,
        reserve_review.override_id,
        reserve_review.override_status,
        reserve_review.reason_1,
        reserve_review.reason_2,
        reserve_review.reason_3,
        review_ranks.proposal_hash
    from review_ranks
    inner join reserve_review
        on
            review_ranks.item_id = reserve_review.item_id
            and review_ranks.location_id = reserve_review.location_id
            and review_ranks.period_end = reserve_review.period_end
)

select * from review_queue
