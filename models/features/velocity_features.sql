{#- Weights halve within so many months; beyond two years nothing is left of them. -#}
{%- set half_lives = [1, 2, 4] -%}
{%- set lags = range(12) -%}
with position_months as (select * from {{ ref('int_position_months') }}),

days_counted as (
    select
        *,
        days_in_stock_to_date - coalesce(lag(days_in_stock_to_date) over months, 0) as stock_days
    from position_months
    window months as (partition by item_id, location_id order by month_number nulls last)
),

lagged as (
    select
        item_id,
        location_id,
        valuation_date,
        on_hand_quantity,
        months_observed,
        {% for k in lags -%}
        cast(lag(demand_quantity, {{ k }}) over months as double) as demand_{{ k }},
        cast(lag(stock_days, {{ k }}) over months as double) as days_{{ k }}{{ ',' if not loop.last }}
        {% endfor %}
    from days_counted
    window months as (partition by item_id, location_id order by month_number nulls last)
),

-- Each sum is one expression in a fixed order: floats added so are the same on any machine.
smoothed as (
    select
        *,
        {% for half_life in half_lives -%}
        {% for fact in ['demand', 'days'] -%}
        {% for k in lags -%}
        {{ '+ ' if k }}{{ '%.12f' | format(0.5 ** (k / half_life)) }}e0 * coalesce({{ fact }}_{{ k }}, 0)
        {% endfor -%}
        as smoothed_{{ fact }}_{{ half_life }},
        {% endfor -%}
        {% endfor -%}
        {% for n in [6, 12] -%}
        {% for later in range(n) -%}
        {% for earlier in range(later + 1, n) -%}
        {{ '+ ' if not (loop.first and later == 0) }}coalesce(sign(demand_{{ later }} - demand_{{ earlier }}), 0)
        {% endfor -%}
        {% endfor -%}
        as concordance_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from lagged
),

velocity_features as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for half_life in half_lives -%}
        {{ ratio('smoothed_demand_' ~ half_life, 'smoothed_days_' ~ half_life) }} as smoothed_velocity_{{ half_life }},
        {{ coverage_months(
            'on_hand_quantity', 'smoothed_demand_' ~ half_life, 'smoothed_days_' ~ half_life ~ ' / 30.4375e0'
        ) }} as smoothed_coverage_months_{{ half_life }},
        {% endfor -%}
        {{ midpoint_change(
            ratio('smoothed_demand_1', 'smoothed_days_1'), ratio('smoothed_demand_4', 'smoothed_days_4')
        ) }} as velocity_momentum,
        -- Kendall's tau of demand against time: a trend that one large order cannot make.
        {% for n in [6, 12] -%}
        case when months_observed >= {{ n }} then cast(concordance_{{ n }} as double) / {{ n * (n - 1) // 2 }} end
            as demand_rank_trend_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from smoothed
    where on_hand_quantity > 0
)

select * from velocity_features
