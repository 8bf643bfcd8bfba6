-- Models are trained at every origin that the backtest will judge, then quarterly and at the latest date; a
-- date between two trainings is scored by the models of the earlier one, as a month end would be. Where no stock that
-- cost anything has an outcome, as in a company that ships what it never stored, there is nothing to learn.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

training_windows as (
    select * from {{ ref('training_windows') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where cost_value > 0
),

origins as (
    select distinct training_windows.origin_date
    from training_windows
    inner join realised_outcomes on training_windows.training_date = realised_outcomes.valuation_date
),

refusals as (
    select count(*) as refusal_count
    from {{ ref('data_readiness') }}
    where refuses_training
),

latest as (
    select max(month_number) as month_number from valuation_dates
),

trainings as (
    select
        valuation_dates.valuation_date,
        valuation_dates.month_number
    from valuation_dates
    inner join origins on valuation_dates.valuation_date = origins.origin_date
    cross join latest
    where valuation_dates.has_outcome or (latest.month_number - valuation_dates.month_number) % 3 = 0
),

scoring_dates as (
    select
        valuation_dates.valuation_date,
        max(trainings.valuation_date) as trained_on,
        bool_or(valuation_dates.has_outcome) as has_outcome,
        bool_or(valuation_dates.is_latest) as is_latest
    from valuation_dates
    inner join trainings on valuation_dates.month_number >= trainings.month_number
    cross join refusals
    where refusals.refusal_count = 0 or {{ var('train_on_poor_data') }}
    group by valuation_dates.valuation_date
)

select * from scoring_dates
