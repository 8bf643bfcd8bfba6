{%- set series = 'signal, series, entity_type, entity_id, flash_date' -%}
{#- Months that a level is the mean of, and months ago that they ended. -#}
{%- set levels = {'now': (3, 0), 'before': (3, 3), 'last_year': (3, 12), 'two_years': (24, 0)} -%}
{%- set changes = {'change_3': ('now', 'before'), 'change_year': ('now', 'last_year')} -%}
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
        {{ days_between("date '1970-01-01'", 'last_observed_on') }} * 2000 + month_number as last_rank,
        {% for change, (after, before) in changes.items() -%}
        {{ ratio(
            '2 * (level_' ~ after ~ ' - level_' ~ before ~ ')', 'size_' ~ after ~ ' + size_' ~ before
        ) }} as {{ change }},
        {% endfor -%}
        -- The level in standard deviations from its mean of two years; six known months make a spread.
        case
            when months_known >= 6 and square_two_years > level_two_years * level_two_years
                then least(10, greatest(-10, {{ ratio(
                    'level_now - level_two_years',
                    'sqrt(square_two_years - level_two_years * level_two_years)'
                ) }}))
        end as level_score
    from levels
),

-- What is known last stands until a later day is known: a late value of an earlier day is no news.
signal_measures as (
    select
        signal,
        series,
        entity_type,
        entity_id,
        valuation_date,
        level,
        level_score,
        {% for change in changes -%}
        {{ change }},
        {% endfor -%}
        max_by(last_value, last_rank) over so_far as last_value,
        max(last_observed_on) over so_far as last_observed_on,
        max(last_known_on) over so_far as last_known_on
    from changes
    window so_far as ({{ month_frame(none, 0, series) }})
),

-- Means over series go through decimals: they don't depend on the order of rows.
signal_features as (
    select
        signal,
        entity_type,
        entity_id,
        valuation_date,
        count(*) as series_count,
        {% for measure in ['last_value', 'level', 'level_score', 'change_3', 'change_year'] -%}
        {{ ratio('sum(cast(round(' ~ measure ~ ', 9) as decimal(38, 9)))', 'count(' ~ measure ~ ')') }}
            as {{ measure }},
        {% endfor -%}
        max(last_observed_on) as last_observed_on,
        max(last_known_on) as last_known_on,
        greatest({{ days_between('max(last_observed_on)', 'valuation_date') }}, 0) as age_days
    from signal_measures
    where valuation_date is not null
    group by signal, entity_type, entity_id, valuation_date
)

select * from signal_features
