-- How far each candidate erred at each date, judged only by origins whose outcome was known by then, and whether it is
-- within one standard error of the best. That is the standard error of the difference to the best, origin by origin:
-- what makes an origin hard for all says nothing about which model is better. The error is the root mean squared one of
-- the loss rate, weighted by cost: a proper score for means, that sees both where the loss is and how much. Errors are
-- decimals, so that means of them are the same in any order.
with serving_dates as (
    select * from {{ ref('int_serving_dates') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

backtest_predictions as (
    select * from {{ ref('backtest_predictions') }}
    where cost_value > 0
),

candidates as (
    select * from {{ ref('candidate_models') }}
),

model_errors as (
    select
        model,
        valuation_date as origin_date,
        cast(sqrt({{ ratio(
            'sum(' ~ rounded_total('cost_value * power(realised_loss_rate - predicted_loss_rate, 2)') ~ ')',
            'sum(' ~ rounded_amount('cast(cost_value as double)') ~ ')',
        ) }}) as decimal(18, 9)) as error
    from backtest_predictions
    group by model, valuation_date
),

known_errors as (
    select
        serving_dates.valuation_date,
        model_errors.origin_date,
        model_errors.model,
        model_errors.error
    from serving_dates
    inner join valuation_dates on serving_dates.valuation_date >= valuation_dates.horizon_end_date
    inner join model_errors on valuation_dates.valuation_date = model_errors.origin_date
    inner join candidates on model_errors.model = candidates.model
),

best_models as (
    select
        valuation_date,
        model,
        avg(error) as mean_error,
        row_number() over (partition by valuation_date order by avg(error) nulls last, model nulls last) as place
    from known_errors
    group by valuation_date, model
),

judged as (
    select
        known_errors.valuation_date,
        known_errors.model,
        count(*) as origins,
        avg(known_errors.error) as mean_error,
        max(best_models.mean_error) as best_error,
        round(coalesce(stddev_samp(known_errors.error - best_errors.error), 0) / sqrt(count(*)), 9)
            as difference_standard_error
    from known_errors
    inner join best_models on known_errors.valuation_date = best_models.valuation_date and best_models.place = 1
    inner join known_errors as best_errors
        on
            known_errors.valuation_date = best_errors.valuation_date
            and known_errors.origin_date = best_errors.origin_date
            and best_models.model = best_errors.model
    group by known_errors.valuation_date, known_errors.model
    having count(*) >= {{ least_origins() }}
),

judged_models as (
    select
        serving_dates.valuation_date,
        serving_dates.trained_on,
        candidates.model,
        judged.origins,
        judged.mean_error,
        judged.best_error,
        judged.difference_standard_error,
        coalesce(judged.mean_error - judged.best_error <= judged.difference_standard_error, false) as is_within_error,
        row_number() over (
            partition by serving_dates.valuation_date
            order by
                case when judged.mean_error - judged.best_error <= judged.difference_standard_error then 0 else 1 end
                    nulls last,
                case when judged.model is null and candidates.is_default then 0 else 1 end nulls last,
                candidates.complexity nulls last
        ) as place
    from serving_dates
    cross join candidates
    left join judged on serving_dates.valuation_date = judged.valuation_date and candidates.model = judged.model
)

select * from judged_models
