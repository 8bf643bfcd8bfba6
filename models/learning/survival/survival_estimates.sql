-- Expected months are held to the horizon (the restricted mean, Royston and Parmar, 2013): beyond it little is known.
-- Stock that is dead already is certain to be dead, whatever a model says.
{%- set horizon = var('horizon_months') %}
with probabilities as (
    select * from {{ ref('int_survival_probabilities') }}
),

target_champions as (
    select * from {{ ref('target_champions') }}
),

dead_stock as (
    select * from {{ ref('stock_durations') }}
    where is_dead_stock
),

scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

segments as (
    select * from {{ ref('segments') }}
),

chosen as (
    select
        probabilities.*,
        target_champions.model,
        case target_champions.model
            when 'kaplan_meier' then probabilities.kaplan_meier else probabilities.accelerated_failure_time
        end as survival_rate
    from probabilities
    inner join target_champions
        on
            probabilities.valuation_date = target_champions.valuation_date
            and probabilities.target = target_champions.target
),

estimated as (
    select
        item_id,
        location_id,
        valuation_date,
        target,
        segment,
        model,
        max(case when model = 'accelerated_failure_time' then run_id end) as run_id,
        max(case when months_ahead = {{ horizon }} then 1 - survival_rate end) as event_probability,
        min(case when survival_rate <= 0.5 then months_ahead end) as median_months,
        1 + cast(
            sum({{ rounded_amount('case when months_ahead < ' ~ horizon ~ ' then survival_rate else 0 end') }})
            as double
        ) as expected_months,
        max(case when months_ahead = {{ horizon }} then 1 - kaplan_meier end) as kaplan_meier_probability,
        max(case when months_ahead = {{ horizon }} then 1 - accelerated_failure_time end)
            as accelerated_failure_time_probability
    from chosen
    group by item_id, location_id, valuation_date, target, segment, model
),

survival_estimates as (
    select * from estimated
    union all
    select
        dead_stock.item_id,
        dead_stock.location_id,
        dead_stock.valuation_date,
        'dead_stock' as target,
        segments.segment,
        'known' as model,
        null as run_id,
        1 as event_probability,
        0 as median_months,
        0 as expected_months,
        1 as kaplan_meier_probability,
        1 as accelerated_failure_time_probability
    from dead_stock
    inner join scoring_dates on dead_stock.valuation_date = scoring_dates.valuation_date
    inner join segments
        on
            dead_stock.item_id = segments.item_id
            and dead_stock.location_id = segments.location_id
            and dead_stock.valuation_date = segments.valuation_date
)

select * from survival_estimates
