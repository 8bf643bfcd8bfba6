-- How far demand was from its forecast, by the forecasts whose outcome was known at the date: the variance of a
-- negative binomial is mean + dispersion * mean squared. Before any outcome is known it is 1, a first guess.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

training_windows as (
    select * from {{ ref('training_windows') }}
),

predictions as (
    select * from {{ ref('predictions') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

forecast_errors as (
    select
        predictions.valuation_date,
        sum(predictions.expected_demand_quantity) as demand,
        sum({{ squared('predictions.expected_demand_quantity') }}) as squared_demand,
        sum({{ squared('realised_demand.demand_quantity - predictions.expected_demand_quantity') }}) as squared_error
    from predictions
    inner join realised_demand
        on
            predictions.item_id = realised_demand.item_id
            and predictions.location_id = realised_demand.location_id
            and predictions.valuation_date = realised_demand.valuation_date
    group by predictions.valuation_date
),

errors_known as (
    select
        training_windows.origin_date,
        sum(forecast_errors.demand) as demand,
        sum(forecast_errors.squared_demand) as squared_demand,
        sum(forecast_errors.squared_error) as squared_error
    from training_windows
    inner join forecast_errors on training_windows.training_date = forecast_errors.valuation_date
    group by training_windows.origin_date
),

demand_dispersions as (
    select
        valuation_dates.valuation_date,
        case
            when errors_known.squared_demand > 0
                then greatest(
                    {{ ratio('errors_known.squared_error - errors_known.demand', 'errors_known.squared_demand') }}, 0
                )
            else 1
        end as dispersion
    from valuation_dates
    left join errors_known on valuation_dates.valuation_date = errors_known.origin_date
)

select * from demand_dispersions
