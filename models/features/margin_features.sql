{%- set horizon = var('horizon_months') | int -%}
{%- set position = ['item_id', 'location_id', 'valuation_date'] -%}
with price_features as (select * from {{ ref('price_features') }}),

stock_features as (select * from {{ ref('stock_features') }}),

demand_features as (select * from {{ ref('demand_features') }}),

price_paths as (select * from {{ ref('int_price_paths') }}),

price_elasticities as (select * from {{ ref('int_price_elasticities') }}),

price_tags as (select * from {{ ref('int_price_tags') }}),

items as (select * from {{ ref('items') }}),

margin_features as (
    select
        price_features.item_id,
        price_features.location_id,
        price_features.valuation_date,
        {{ ratio('price_tags.regular_price', 'stock_features.unit_cost') }} as regular_price_to_cost,
        {% for name, price in {
            'last_price': 'last_net_price', 'tag_price': 'tag_price', 'lowest_price_12': 'lowest_price_12',
        }.items() -%}
        {{ loss_rate_at(price, 'items.selling_cost_rate', 'stock_features.unit_cost') }}
            as expected_loss_at_{{ name }},
        {% endfor -%}
        {% for n in [3, 6, 12] -%}
        {{ ratio('lowest_price_' ~ n, 'stock_features.unit_cost') }} as lowest_price_to_cost_{{ n }},
        {% endfor -%}
        price_paths.volatility_12 as price_volatility_12,
        price_paths.trend_12 as price_trend_12,
        -- The price that the trend leads to at the middle of the horizon, when the average unit sells.
        {{ ratio(
            'last_net_price * least(2, greatest(0, 1 + coalesce(trend_12, 0) * ' ~ horizon / 2 ~ 'e0))',
            'stock_features.unit_cost'
        ) }} as projected_price_to_cost,
        case when price_features.discount_depth_12 is not null then price_paths.discounted_share_12 end
            as discounted_sales_share_12,
        price_paths.months_since_fall as months_since_price_fall,
        price_paths.falls_12 as price_fall_count_12,
        price_features.discount_depth_3 * {{ midpoint_change('daily_velocity_3', 'daily_velocity_12') }}
            as discount_response_3,
        case
            when price_features.markdown_days is not null
                then
                    coalesce(price_features.markdown_depth, 0)
                    * {{ midpoint_change('daily_velocity_3', 'daily_velocity_12') }}
        end as markdown_response_3,
        price_elasticities.elasticity as own_price_elasticity,
        price_elasticities.category_elasticity as category_price_elasticity,
        price_elasticities.elasticity * price_features.price_change_12 as price_driven_demand_change,
        {% for rank, value in {
            'price': 'price_features.last_net_price', 'margin': 'price_features.price_to_cost',
        }.items() -%}
        percent_rank() over (
            partition by items.category, price_features.valuation_date order by {{ value }} nulls first
        ) as {{ rank }}_rank_in_category{{ ',' if not loop.last }}
        {% endfor %}
    from price_features
    inner join items on price_features.item_id = items.item_id
    {% for relation, kind in {
        'stock_features': 'inner', 'demand_features': 'inner', 'price_paths': 'inner', 'price_elasticities': 'inner',
        'price_tags': 'left',
    }.items() -%}
    {{ kind }} join {{ relation }}
        on
            {% for key in position -%}
            price_features.{{ key }} = {{ relation }}.{{ key }}{{ ' and' if not loop.last }}
            {% endfor -%}
    {% endfor %}
)

select * from margin_features
