-- The trainings of the calendar and those out of turn.
with scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

trainings as (
    select distinct origin_date from {{ ref('int_trained_models') }}
),

serving_dates as (
    select
        scoring_dates.valuation_date,
        coalesce(max(trainings.origin_date), max(scoring_dates.trained_on)) as trained_on,
        max(scoring_dates.horizon_months) as horizon_months
    from scoring_dates
    left join trainings on scoring_dates.valuation_date >= trainings.origin_date
    group by scoring_dates.valuation_date
)

select * from serving_dates
