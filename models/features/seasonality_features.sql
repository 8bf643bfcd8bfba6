{%- set windows = [1, 3, 6] -%}
with position_months as (select * from {{ ref('int_position_months') }}),

category_months as (select * from {{ ref('int_category_months') }}),

items as (select * from {{ ref('items') }}),

category_sums as (
    select
        *,
        {{ rolling_sum('net_amount', 12, by='category, flash_date') }} as net_12,
        {{ whole_sum('net_amount', 12, by='category, flash_date') }} as whole_net_12,
        {{ whole_sum('net_amount', 3, by='category, flash_date') }} as net_3,
        {% for n in windows -%}
        {{ whole_sum('net_amount', n, lag=12 - n, by='category, flash_date') }} as net_{{ n }}_ahead,
        {% endfor -%}
        {{ whole_sum('net_amount', 6, by='category, flash_date') }} as net_6,
        {{ whole_sum('net_amount', 6, lag=12, by='category, flash_date') }} as net_6_last_year,
        {{ rolling_max('net_amount', 12, by='category, flash_date') }} as best_month,
        -- The month's number rides behind the amount, so that the largest of both names the best month.
        cast({{ rolling_max(
            'cast(round(greatest(net_amount, 0)) as decimal(34, 0)) * 10000 + month_number', 12, by='category, flash_date'
        ) }} % 10000 as bigint) as best_month_number
    from category_months
),

-- Last year's share of the months that come next, over an even share: 1 is a season like any other.
category_seasons as (
    select
        category,
        valuation_date,
        {% for n in windows -%}
        {{ ratio('net_' ~ n ~ '_ahead', 'net_12') }} * 12 / {{ n }} as index_{{ n }},
        {% endfor -%}
        {{ midpoint_change(
            '4 * ' ~ ratio('net_3_ahead', 'whole_net_12'), '4 * ' ~ ratio('net_3', 'whole_net_12')
        ) }} as turn_3,
        12 * {{ ratio('best_month', 'whole_net_12') }} as season_strength,
        {{ ratio('net_6', 'net_6_last_year') }} as growth,
        cast(case when months_observed >= 12 then 12 + best_month_number - month_number end as double)
            as months_to_peak
    from category_sums
),

position_sums as (
    select
        *,
        {{ rolling_sum('order_count', 12) }} as orders_12,
        {% for n in windows -%}
        {{ ratio(
            whole_sum('sold_quantity', n, lag=12 - n), rolling_sum('sold_quantity', 12)
        ) }} * 12 / {{ n }} as index_{{ n }},
        {% endfor -%}
        {{ whole_sum('demand_quantity', 6) }} as demand_6,
        {{ whole_sum('demand_quantity', 6, lag=12) }} as demand_6_last_year
    from position_months
),

-- The fewer orders an item had, the more its season and growth are its category's: twenty weigh as much as it.
seasonality_features as (
    select
        position_sums.item_id,
        position_sums.location_id,
        position_sums.valuation_date,
        {% for n in windows -%}
        category_seasons.index_{{ n }} as category_season_index_{{ n }},
        case
            when position_sums.index_{{ n }} is null then category_seasons.index_{{ n }}
            else
                (orders_12 * position_sums.index_{{ n }} + 20 * category_seasons.index_{{ n }}) / (orders_12 + 20)
        end as season_index_{{ n }},
        {% endfor -%}
        case
            when demand_6_last_year > 0
                then
                    (
                        orders_12 * least(4, greatest(0, {{ ratio('demand_6', 'demand_6_last_year') }}))
                        + 20 * least(4, coalesce(category_seasons.growth, 1))
                    ) / (orders_12 + 20)
            else category_seasons.growth
        end as demand_growth_year_6,
        category_seasons.growth as category_growth_year_6,
        category_seasons.turn_3 as category_season_turn_3,
        category_seasons.season_strength as category_season_strength_12,
        category_seasons.months_to_peak as category_months_to_peak
    from position_sums
    inner join items on position_sums.item_id = items.item_id
    inner join category_seasons
        on
            items.category = category_seasons.category
            and position_sums.valuation_date = category_seasons.valuation_date
    where position_sums.on_hand_quantity > 0
)

select * from seasonality_features
