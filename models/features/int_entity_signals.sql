{%- set series = 'signal, series, entity_type, entity_id' -%}
{%- set signals = signal_kinds() -%}
{#- Months that a level is the mean of, and months ago that they ended. -#}
{%- set levels = {
    'month': (1, 0), 'month_before': (1, 1), 'now': (3, 0), 'before': (3, 3), 'two_before': (3, 6),
    'last_year': (3, 12), 'two_years': (24, 0),
} -%}
{%- set changes = {
    'change_1': ('month', 'month_before'), 'change_3': ('now', 'before'), 'change_3_before': ('before', 'two_before'),
    'change_year': ('now', 'last_year'),
} -%}
with signal_months as (select * from {{ ref('int_signal_months') }}),

levels as (
    select
        *,
        {% for name, (months, lag) in levels.items() -%}
        {% set value_count = rolling_sum('value_count', months, lag, series) -%}
        {{ ratio(rolling_sum('value_sum', months, lag, series), value_count) }} as level_{{ name }},
        {{ ratio(rolling_sum('size_sum', months, lag, series), value_count) }} as size_{{ name }},
        {% endfor -%}
        {{ ratio(rolling_sum('square_sum', 24, 0, series), rolling_sum('value_count', 24, 0, series)) }}
            as square_two_years,
        {{ rolling_sum('case when value_count > 0 then 1 else 0 end', 24, 0, series) }} as months_known
    from signal_months
),

-- A change is over the mean size, so that a sentiment around zero has one too.
changes as (
    select
        *,
        level_now as level,
        {% for change, (after, before) in changes.items() -%}
        {{ ratio(
            '2 * (level_' ~ after ~ ' - level_' ~ before ~ ')', 'size_' ~ after ~ ' + size_' ~ before
        ) }} as {{ change }},
        {% endfor -%}
        -- The level in standard deviations from its mean of two years; six known months make a spread.
        case
            when months_known >= 6
                then least(10, greatest(-10, {{ ratio(
                    'level_now - level_two_years',
                    'sqrt(greatest(0, square_two_years - level_two_years * level_two_years))'
                ) }}))
        end as level_score
    from levels
),

-- Means over series go through decimals: they don't depend on the order of rows.
entity_signals as (
    select
        entity_type,
        entity_id,
        valuation_date,
        {% for signal in signals -%}
        {% for measure in ['level', 'level_score'] + changes.keys() | list -%}
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
