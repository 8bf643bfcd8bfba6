-- Runs are appended and never replaced; an identical rebuild makes identical runs and adds none.
{%- set trained = ['int_sell_through_models', 'int_trained_models'] %}
with trained_models as (
    {% for model in trained -%}
    select
        run_id,
        origin_date,
        model,
        target,
        features,
        parameters,
        data_hash,
        code_version,
        training_rows,
        training_dates,
        artefact,
        {{ "coalesce(trained_because, 'calendar')" if 'trained' in model else "'calendar'" }} as trained_because,
        '{{ invocation_id }}' as written_by_build
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

model_runs as (
    select *
    from trained_models
    {% if is_incremental() -%}
    where run_id not in (select run_id from {{ this }})
    {%- endif %}
)

select * from model_runs
