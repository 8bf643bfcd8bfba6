{%- set windows = [4, 6, 12] -%}
-- What a position sells in a month of the coming horizon, by several looks at its past, each moved by the season of
-- its category. A trimmed mean leaves the largest month out: one large order is not a pace (Huber, 1964).
with position_months as (
    select * from {{ ref('int_position_months') }}
),

items as (
    select * from {{ ref('items') }}
),

season_turns as (
    select * from {{ ref('int_season_turns') }}
),

months as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        months_observed,
        cast(greatest(demand_quantity, 0) as double) as demand_quantity
    from position_months
),

looks as (
    select
        *,
        lag(demand_quantity, 1) over by_month as month_before,
        lag(demand_quantity, 2) over by_month as month_before_that,
        {% for n in windows -%}
        case
            when months_observed = 1 then demand_quantity
            else
                ({{ rolling_sum('demand_quantity', n) }} - {{ rolling_max('demand_quantity', n) }})
                / (least(months_observed, {{ n }}) - 1)
        end as trimmed_quantity_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from months
    window by_month as (partition by item_id, location_id order by month_number nulls last)
),

demand_paces as (
    select
        looks.item_id,
        looks.location_id,
        looks.valuation_date,
        coalesce(season_turns.turn_1, 1) * looks.demand_quantity as last_month_quantity,
        coalesce(season_turns.turn_3, 1) * case
            when month_before is null then looks.demand_quantity
            when month_before_that is null then (looks.demand_quantity + month_before) / 2
            else
                greatest(
                    least(looks.demand_quantity, month_before),
                    least(greatest(looks.demand_quantity, month_before), month_before_that)
                )
        end as typical_month_quantity,
        {% for n, turn in {4: 3, 6: 6, 12: 12}.items() -%}
        coalesce(season_turns.turn_{{ turn }}, 1) * looks.trimmed_quantity_{{ n }} as trimmed_month_quantity_{{ n }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from looks
    inner join items on looks.item_id = items.item_id
    left join season_turns
        on items.category = season_turns.category and looks.valuation_date = season_turns.valuation_date
)

select * from demand_paces
