{%- set windows = [4, 6, 12] -%}
{%- set looks = ['last_month_quantity', 'typical_month_quantity'] -%}
{%- for n in windows %}{% do looks.append('trimmed_month_quantity_' ~ n) %}{% endfor -%}
-- What a position sells in a month of the coming horizon, by several looks at its past, each moved by the season of
-- its category. A trimmed mean leaves the largest month out: one large order is not a pace (Huber, 1964). What
-- is new, a segment of its own, has little past: the rest it borrows.
with position_months as (
    select * from {{ ref('int_position_months') }}
),

items as (
    select * from {{ ref('items') }}
),

season_turns as (
    select * from {{ ref('int_season_turns') }}
),

category_months as (
    select * from {{ ref('int_category_months') }}
),

-- What a unit on hand sells in a month, over the category's last three.
category_paces as (
    select
        category,
        valuation_date,
        cast(greatest({{ rolling_sum('demand_quantity', 3, by='category, flash_date') }}, 0) as double)
        / least(months_observed, 3) / nullif(greatest(cast(on_hand_quantity as double), 0), 0) as unit_pace
    from category_months
),

months as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        flash_date,
        months_observed,
        cast(greatest(on_hand_quantity, 0) as double) as on_hand_quantity,
        greatest(1 - days_in_stock_to_date / {{ policy_constant('new_stock_days') }}, 0) as borrowed_share,
        greatest(demand_quantity, 0) as demand_quantity
    from position_months
),

looks as (
    select
        item_id,
        location_id,
        valuation_date,
        on_hand_quantity,
        borrowed_share,
        cast(demand_quantity as double) as demand_quantity,
        cast(lag(demand_quantity, 1) over by_month as double) as month_before,
        cast(lag(demand_quantity, 2) over by_month as double) as month_before_that,
        {% for n in windows -%}
        case
            when months_observed = 1 then cast(demand_quantity as double)
            else
                cast({{ rolling_sum('demand_quantity', n) }} - {{ rolling_max('demand_quantity', n) }} as double)
                / (least(months_observed, {{ n }}) - 1)
        end as trimmed_quantity_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from months
    window by_month as (partition by item_id, location_id, flash_date order by month_number nulls last)
),

own_paces as (
    select
        looks.item_id,
        looks.location_id,
        looks.valuation_date,
        looks.borrowed_share,
        coalesce(season_turns.turn_3, 1) * coalesce(category_paces.unit_pace, 0) * looks.on_hand_quantity
            as borrowed_quantity,
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
    left join category_paces
        on items.category = category_paces.category and looks.valuation_date = category_paces.valuation_date
    where looks.valuation_date is not null
),

paces as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for look in looks -%}
        borrowed_share * borrowed_quantity + (1 - borrowed_share) * {{ look }} as {{ look }}{{ ',' if not loop.last }}
        {% endfor %}
    from own_paces
),

demand_paces as (
    select
        *,
        (
            {% for n in windows -%}
            trimmed_month_quantity_{{ n }}{{ ' +' if not loop.last }}
            {% endfor -%}
        ) / {{ windows | length }} as trimmed_month_quantity
    from paces
)

select * from demand_paces
