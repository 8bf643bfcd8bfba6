-- What each model got wrong in each segment: its squared error and the cost that it weighs with.
with backtest_predictions as (
    select * from {{ ref('backtest_predictions') }}
    where cost_value > 0
),

segments as (
    select * from {{ ref('segments') }}
),

segment_errors as (
    select
        backtest_predictions.valuation_date as origin_date,
        segments.segment,
        backtest_predictions.model,
        sum(
            {{ rounded_total('backtest_predictions.cost_value * power('
                ~ 'backtest_predictions.realised_loss_rate - backtest_predictions.predicted_loss_rate, 2)') }}
        ) as squared_error_value,
        sum(backtest_predictions.cost_value) as cost_value
    from backtest_predictions
    inner join segments
        on
            backtest_predictions.item_id = segments.item_id
            and backtest_predictions.location_id = segments.location_id
            and backtest_predictions.valuation_date = segments.valuation_date
    group by backtest_predictions.valuation_date, segments.segment, backtest_predictions.model
)

select * from segment_errors
