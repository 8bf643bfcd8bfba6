with predictions as (
    select * from {{ ref('predictions') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

interval_accuracy as (
    select
        realised_outcomes.valuation_date,
        'champion' as method,
        'interval_coverage_95' as metric,
        avg(
            case
                when
                    realised_outcomes.realised_loss_rate
                    between predictions.loss_rate_lower_95 and predictions.loss_rate_upper_95
                    then 1.0
                else 0.0
            end
        ) as value,
        count(*) as positions
    from realised_outcomes
    inner join predictions
        on
            realised_outcomes.item_id = predictions.item_id
            and realised_outcomes.location_id = predictions.location_id
            and realised_outcomes.valuation_date = predictions.valuation_date
    where realised_outcomes.realised_loss_rate is not null
    group by realised_outcomes.valuation_date
)

select * from interval_accuracy
