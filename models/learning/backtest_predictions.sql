{{ config(meta={'known_by': none}) }}

with scores as (
    select * from {{ ref('int_scores') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

backtest_predictions as (
    select
        scores.item_id,
        scores.location_id,
        scores.valuation_date,
        scores.model,
        scores.run_id,
        realised_outcomes.cost_value,
        scores.prediction as predicted_loss_rate,
        scores.lower as loss_rate_lower,
        scores.upper as loss_rate_upper,
        realised_outcomes.realised_loss_rate,
        realised_outcomes.realised_loss
    from scores
    inner join realised_outcomes
        on
            scores.item_id = realised_outcomes.item_id
            and scores.location_id = realised_outcomes.location_id
            and scores.valuation_date = realised_outcomes.valuation_date
    where scores.target = 'loss_rate'
)

select * from backtest_predictions
