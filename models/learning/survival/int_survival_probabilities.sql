{{ config(materialized='view') }}

-- The boosted model's durations are log-logistic: half of them end by the median, with a fixed spread of their logs.
with stock_events as (
    select * from {{ ref('int_stock_events') }}
),

survival_scores as (
    select * from {{ ref('int_survival_scores') }}
),

scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

survival_curves as (
    select * from {{ ref('survival_curves') }}
),

survival_probabilities as (
    select
        stock_events.item_id,
        stock_events.location_id,
        stock_events.valuation_date,
        stock_events.month_number,
        stock_events.target,
        stock_events.segment,
        stock_events.months_to_event,
        survival_scores.run_id,
        survival_curves.months_ahead,
        survival_curves.survival_rate as kaplan_meier,
        1 / (1 + power(survival_curves.months_ahead / survival_scores.median_months, 1 / survival_scores.scale))
            as accelerated_failure_time
    from stock_events
    inner join survival_scores
        on
            stock_events.item_id = survival_scores.item_id
            and stock_events.location_id = survival_scores.location_id
            and stock_events.valuation_date = survival_scores.valuation_date
            and stock_events.target = survival_scores.target
    inner join scoring_dates on stock_events.valuation_date = scoring_dates.valuation_date
    inner join survival_curves
        on
            scoring_dates.trained_on = survival_curves.origin_date
            and stock_events.target = survival_curves.target
            and stock_events.segment = survival_curves.segment
)

select * from survival_probabilities
