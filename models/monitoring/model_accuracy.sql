{%- set obsolescence_metrics = [
    'prevalence', 'brier_score', 'average_precision', 'precision_by_value', 'recall_by_value',
] -%}
with scored_estimates as (
    select * from {{ ref('int_scored_estimates') }}
),

obsolescence_errors as (
    select * from {{ ref('int_obsolescence_errors') }}
),

predictions as (
    select * from {{ ref('predictions') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

forecast_errors as (
    select * from {{ ref('int_expected_demand_errors') }}
),

{{ reserve_accuracy() }},

{{ surprise_accuracy() }},

{{ demand_accuracy() }},

obsolescence_accuracy as (
    {% for metric in obsolescence_metrics -%}
    select
        valuation_date,
        method,
        'obsolescence_{{ metric }}' as metric,
        {{ metric }} as value,
        positions
    from obsolescence_errors
    where {{ metric }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

interval_accuracy as (
    select
        realised_outcomes.valuation_date,
        'champion' as method,
        'interval_coverage_95' as metric,
        avg(
            case
                when
                    realised_outcomes.realised_loss_rate
                    between predictions.loss_rate_lower_95 and predictions.loss_rate_upper_95
                    then 1.0
                else 0.0
            end
        ) as value,
        count(*) as positions
    from realised_outcomes
    inner join predictions
        on
            realised_outcomes.item_id = predictions.item_id
            and realised_outcomes.location_id = predictions.location_id
            and realised_outcomes.valuation_date = predictions.valuation_date
    where realised_outcomes.realised_loss_rate is not null
    group by realised_outcomes.valuation_date
),

model_accuracy as (
    select * from reserve_accuracy
    union all
    select * from surprise_accuracy
    union all
    select * from obsolescence_accuracy
    union all
    select * from interval_accuracy
    union all
    select * from demand_accuracy
    union all
    select * from {{ ref('int_demand_errors') }}
    {%- for measured in ['month_demand', 'price', 'sell_through', 'lead', 'stability'] %}
    union all
    select * from {{ ref('int_' ~ measured ~ '_accuracy') }}
    {%- endfor %}
)

select * from model_accuracy
