-- The kinds that features know by name, and as many others as there are places for.
with signal_features as (
    select * from {{ ref('signal_features') }}
),

other_signals as (
    select * from {{ ref('int_other_signals') }}
),

named_signals as (
    select
        signal_features.*,
        coalesce('other_signal_' || other_signals.place, signal_features.signal) as kind
    from signal_features
    left join other_signals on signal_features.signal = other_signals.signal
),

entity_signals as (
    select
        entity_type,
        entity_id,
        valuation_date,
        {% for kind, measures in signal_columns().items() -%}
        {% set last_kind = loop.last -%}
        {% for measure in measures -%}
        max(case when kind = '{{ kind }}' then {{ measure }} end) as {{ kind }}_{{ measure }}
        {{- ',' if not (last_kind and loop.last) }}
        {% endfor -%}
        {% endfor %}
    from named_signals
    group by entity_type, entity_id, valuation_date
)

select * from entity_signals
