{%- set series = 'signal, series, entity_type, entity_id' -%}
{%- set signals = signal_kinds() -%}
with signal_months as (select * from {{ ref('int_signal_months') }}),

levels as (
    select
        *,
        {% for name, lag in {'now': 0, 'before': 3, 'last_year': 12}.items() -%}
        {% set value_count = rolling_sum('value_count', 3, lag, series) -%}
        {{ ratio(rolling_sum('value_sum', 3, lag, series), value_count) }} as level_{{ name }},
        {{ ratio(rolling_sum('size_sum', 3, lag, series), value_count) }}
            as size_{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from signal_months
),

-- A change is over the mean size, so that a sentiment around zero has one too.
changes as (
    select
        *,
        level_now as level,
        {{ ratio('2 * (level_now - level_before)', 'size_now + size_before') }} as change_3,
        {{ ratio('2 * (level_now - level_last_year)', 'size_now + size_last_year') }} as change_year
    from levels
),

-- Means over series go through decimals: they don't depend on the order of rows.
entity_signals as (
    select
        entity_type,
        entity_id,
        valuation_date,
        {% for signal in signals -%}
        {% for measure in ['level', 'change_3', 'change_year'] -%}
        {% set of_signal = "case when signal = '" ~ signal ~ "' then " ~ measure ~ " end" -%}
        {{ ratio(
            'sum(cast(round(' ~ of_signal ~ ', 9) as decimal(28, 9)))', 'count(' ~ of_signal ~ ')'
        ) }}
            as {{ signal }}_{{ measure }}{{ ',' if not loop.last }}
        {% endfor -%}
        {{ ',' if not loop.last }}
        {% endfor %}
    from changes
    group by entity_type, entity_id, valuation_date
)

select * from entity_signals
