{{ config(meta={'known_by': 'origin_date'}) }}

-- The embargo, in its only place: to learn from a date, its whole horizon must have passed.
-- Nothing is learned before the company's own bar is laid. depends_on: {{ ref('present_process_baselines') }}
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

training_windows as (
    select
        origins.valuation_date as origin_date,
        training.valuation_date as training_date
    from valuation_dates as origins
    inner join valuation_dates as training on training.horizon_end_date <= origins.valuation_date
)

select * from training_windows
