{%- set windows = [1, 3, 6, 12] -%}
{%- set season = [var('horizon_months') | int, 12] | min -%}
-- By what factor a category's coming months sell more than its last ones, as they did a year ago; where the year
-- before the last is not known, against the last months themselves. No year of history, no season.
with category_months as (
    select * from {{ ref('int_category_months') }}
),

paces as (
    select
        category,
        valuation_date,
        {% for n in windows -%}
        coalesce(
            {{ whole_sum('demand_quantity', n, lag=12, by='category, flash_date') }},
            {{ rolling_sum('demand_quantity', n, by='category, flash_date') }}
        ) / {{ n }} as pace_{{ n }},
        {% endfor -%}
        {{ whole_sum('demand_quantity', season, lag=12 - season, by='category, flash_date') }} / {{ season }}
            as coming_pace
    from category_months
),

season_turns as (
    select
        category,
        valuation_date,
        {% for n in windows -%}
        -- What changes more than fourfold is no season.
        case
            when coming_pace is null or pace_{{ n }} <= 0 then 1.0
            else least(greatest({{ ratio('coming_pace', 'pace_' ~ n) }}, 0.25), 4)
        end as turn_{{ n }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from paces
    where valuation_date is not null
)

select * from season_turns
