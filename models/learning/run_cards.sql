{{ config(materialized='view') }}

-- What a run got wrong is known only when its horizon has passed: until then its card has no error.
with model_runs as (
    select * from {{ ref('model_runs') }}
),

present_runs as (
    select run_id from {{ ref('int_trained_models') }}
    union all
    select run_id from {{ ref('int_sell_through_models') }}
),

target_errors as (
    select
        target,
        model,
        origin_date,
        max(metric) as metric,
        avg(error) as error
    from {{ ref('int_target_errors') }}
    group by target, model, origin_date
),

run_cards as (
    select
        model_runs.run_id,
        model_runs.origin_date,
        model_runs.model,
        model_runs.target,
        model_runs.features,
        model_runs.parameters,
        cast({{ var('horizon_months') }} as bigint) as horizon_months,
        model_runs.data_hash,
        model_runs.code_version,
        model_runs.training_rows,
        model_runs.training_dates,
        target_errors.metric,
        target_errors.error
    from model_runs
    inner join present_runs on model_runs.run_id = present_runs.run_id
    left join target_errors
        on
            model_runs.target = target_errors.target
            and model_runs.model = target_errors.model
            and model_runs.origin_date = target_errors.origin_date
)

select * from run_cards
