{%- set measures = ['last_value', 'level', 'level_score', 'change_1', 'change_3', 'change_3_before', 'change_year'] -%}
-- Of every kind, known by name or not. Means over series go through decimals: they don't depend on the order of rows.
with signal_measures as (
    select * from {{ ref('int_signal_measures') }}
),

signal_features as (
    select
        signal,
        entity_type,
        entity_id,
        valuation_date,
        count(*) as series_count,
        {% for measure in measures -%}
        {{ ratio('sum(cast(round(' ~ measure ~ ', 9) as decimal(38, 9)))', 'count(' ~ measure ~ ')') }}
            as {{ measure }},
        {% endfor -%}
        max(last_observed_on) as last_observed_on,
        max(last_known_on) as last_known_on,
        greatest({{ days_between('max(last_observed_on)', 'valuation_date') }}, 0) as age_days
    from signal_measures
    group by signal, entity_type, entity_id, valuation_date
)

select * from signal_features
