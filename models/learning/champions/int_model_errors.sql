{{ config(meta={'known_by': none}) }}

-- `loss_rate_rmse` weighs each position by its cost: a proper score for means, that sees both where the loss is and
-- how much. `equal_reserve_unexpected`, the headline, sees only where.
with backtest_predictions as (
    select * from {{ ref('backtest_predictions') }}
),

reserved as (
    select
        model,
        valuation_date,
        realised_loss,
        cast(cost_value as double) as cost,
        {{ rounded_amount('cost_value * predicted_loss_rate') }} as reserve_amount,
        {{ rounded_total('cost_value * power(realised_loss_rate - predicted_loss_rate, 2)') }}
            as squared_error_value
    from backtest_predictions
    where cost_value > 0
),

scaled as (
    select
        *,
        {{ ratio('sum(realised_loss) over same_date', 'sum(reserve_amount) over same_date') }} as scale
    from reserved
    window same_date as (partition by model, valuation_date)
),

model_errors as (
    select
        model,
        valuation_date,
        sqrt({{ ratio('sum(squared_error_value)', 'sum(' ~ rounded_amount('cost') ~ ')') }})
            as loss_rate_rmse,
        {{ ratio(
            'sum(' ~ rounded_total('greatest(realised_loss - reserve_amount * scale, 0)') ~ ')',
            'sum(realised_loss)',
        ) }} as equal_reserve_unexpected
    from scaled
    group by model, valuation_date
)

select * from model_errors
