-- What each model got wrong at each origin, and when it was known. Errors are decimals, so that means of them are the
-- same in any order.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

model_errors as (
    select * from {{ ref('int_model_errors') }}
),

obsolescence_errors as (
    select * from {{ ref('int_obsolescence_errors') }}
),

target_errors as (
    select
        'loss_rate' as target,
        model_errors.model,
        model_errors.valuation_date as origin_date,
        valuation_dates.horizon_end_date as known_on,
        'loss_rate_rmse' as metric,
        cast(model_errors.loss_rate_rmse as decimal(18, 9)) as error
    from model_errors
    inner join valuation_dates on model_errors.valuation_date = valuation_dates.valuation_date
    union all
    select
        'obsolescence' as target,
        obsolescence_errors.model,
        obsolescence_errors.valuation_date as origin_date,
        valuation_dates.horizon_end_date as known_on,
        'obsolescence_brier_score' as metric,
        cast(obsolescence_errors.brier_score as decimal(18, 9)) as error
    from obsolescence_errors
    inner join valuation_dates on obsolescence_errors.valuation_date = valuation_dates.valuation_date
    where obsolescence_errors.brier_score is not null
)

select * from target_errors
