{%- set metrics = ['prevalence', 'brier_score', 'average_precision', 'precision_by_value', 'recall_by_value'] -%}
-- Each model and rule by its name; `champion` is the champion of the date.
with obsolescence_errors as (
    select * from {{ ref('int_obsolescence_errors') }}
),

target_champions as (
    select * from {{ ref('target_champions') }}
    where target = 'obsolescence'
),

methods as (
    {{ champion_beside_models('obsolescence_errors') }}
),

metrics as (
    {% for metric in metrics -%}
    select
        valuation_date,
        method,
        'obsolescence_{{ metric }}' as metric,
        {{ metric }} as value,
        positions
    from methods
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

obsolescence_accuracy as (
    select * from metrics
    where value is not null
)

select * from obsolescence_accuracy
