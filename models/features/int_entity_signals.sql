{{ config(materialized='view') }}

-- The kinds that features know by name, and as many others as there are places for. Those get their places in the order
-- in which they came: a kind that comes later moves none of them, and no feature of an earlier date knows of it.
with signal_features as (
    select * from {{ ref('signal_features') }}
),

first_months as (
    select
        signal,
        min(valuation_date) as first_month_end
    from signal_features
    where
        signal not in (
            {%- for signal in signal_kinds() %}
            '{{ signal }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
    group by signal
),

other_signals as (
    select
        signal,
        row_number() over (order by first_month_end nulls last, signal nulls last) as place
    from first_months
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
