{{ config(meta={'known_by': 'valuation_date'}) }}

-- Models are trained at the first month end that has something to learn from, then at each end of a calendar quarter. A
-- month end between two trainings is scored by the models of the earlier one. None of this depends on the newest month,
-- so that the next one leaves the models of all before it as they were. The backtest holds the calendar year of the
-- newest known outcome and the two before it: twelve quarters at most, whatever the length of the history. Where no
-- stock that cost anything has an outcome, as in a company that ships what it never stored, there is nothing to learn.
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
    inner join realised_outcomes
        on
            training_windows.training_date = realised_outcomes.valuation_date
            and training_windows.origin_date >= realised_outcomes.known_on
),

refusals as (
    select count(*) as refusal_count
    from {{ ref('data_readiness') }}
    where refuses_training
),

first_origin as (
    select min(origin_date) as origin_date from origins
),

backtest as (
    select max(extract(year from valuation_date)) - 2 as first_year
    from valuation_dates
    where has_outcome
),

trainings as (
    select
        valuation_dates.valuation_date,
        valuation_dates.month_number
    from valuation_dates
    inner join origins on valuation_dates.valuation_date = origins.origin_date
    cross join first_origin
    cross join backtest
    where
        valuation_dates.flash_date is null
        and extract(year from valuation_dates.valuation_date) >= backtest.first_year
        and (
            extract(month from valuation_dates.valuation_date) in (3, 6, 9, 12)
            or valuation_dates.valuation_date = first_origin.origin_date
        )
),

scoring_dates as (
    select
        valuation_dates.valuation_date,
        max(trainings.valuation_date) as trained_on,
        max(valuation_dates.horizon_months) as horizon_months
    from valuation_dates
    inner join trainings on valuation_dates.month_number >= trainings.month_number
    cross join refusals
    where refusals.refusal_count = 0 or {{ var('train_on_poor_data') }}
    group by valuation_dates.valuation_date
)

select * from scoring_dates
