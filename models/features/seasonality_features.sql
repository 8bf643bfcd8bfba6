{%- set windows = [1, 3, 6] -%}
with position_months as (select * from {{ ref('int_position_months') }}),

category_months as (select * from {{ ref('int_category_months') }}),

items as (select * from {{ ref('items') }}),

months as (
    select
        position_months.*,
        items.category
    from position_months
    inner join items on position_months.item_id = items.item_id
),

-- Last year's share of the months that come next, over an even share: 1 is a season like any other.
category_seasons as (
    select
        category,
        valuation_date,
        {% for n in windows -%}
        {{ ratio(
            whole_sum('net_amount', n, lag=12 - n, by='category'),
            rolling_sum('net_amount', 12, by='category')
        ) }} * 12 / {{ n }} as index_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from category_months
),

position_seasons as (
    select
        item_id,
        location_id,
        valuation_date,
        category,
        on_hand_quantity,
        {{ rolling_sum('order_count', 12) }} as orders_12,
        {% for n in windows -%}
        {{ ratio(
            whole_sum('sold_quantity', n, lag=12 - n), rolling_sum('sold_quantity', 12)
        ) }} * 12 / {{ n }} as index_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from months
),

-- The fewer orders an item had, the more its season is its category's: twenty weigh as much as it.
seasonality_features as (
    select
        position_seasons.item_id,
        position_seasons.location_id,
        position_seasons.valuation_date,
        {% for n in windows -%}
        category_seasons.index_{{ n }} as category_season_index_{{ n }},
        case
            when position_seasons.index_{{ n }} is null then category_seasons.index_{{ n }}
            else
                (
                    position_seasons.orders_12 * position_seasons.index_{{ n }}
                    + 20 * category_seasons.index_{{ n }}
                ) / (position_seasons.orders_12 + 20)
        end as season_index_{{ n }}{{ ',' if not loop.last }}
        {% endfor %}
    from position_seasons
    inner join category_seasons
        on
            position_seasons.category = category_seasons.category
            and position_seasons.valuation_date = category_seasons.valuation_date
    where position_seasons.on_hand_quantity > 0
)

select * from seasonality_features
