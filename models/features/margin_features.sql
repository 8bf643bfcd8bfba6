{%- set position = ['item_id', 'location_id', 'valuation_date'] -%}
with price_features as (select * from {{ ref('price_features') }}),

stock_features as (select * from {{ ref('stock_features') }}),

demand_features as (select * from {{ ref('demand_features') }}),

position_months as (select * from {{ ref('int_position_months') }}),

price_elasticities as (select * from {{ ref('int_price_elasticities') }}),

price_tags as (select * from {{ ref('int_price_tags') }}),

items as (select * from {{ ref('items') }}),

monthly_prices as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        flash_date,
        sold_quantity,
        case
            when cast(list_amount as double) > 1.05e0 * cast(net_amount as double) then sold_quantity
            else 0
        end as discounted_quantity,
        case when sold_quantity > 0 then 1 else 0 end as is_seen,
        {{ rounded_unit_value(ratio('net_amount', 'sold_quantity')) }} as net_price
    from position_months
),

-- A fall counts against the month with sales before it, however long ago.
falls as (
    select
        *,
        first_value(nullif(net_price, 0)) over (
            partition by item_id, location_id, flash_date
            order by case when net_price > 0 then month_number end nulls last
        ) as first_price,
        case
            when is_seen = 1 and net_price < 0.95 * lag(net_price) over (
                partition by item_id, location_id, flash_date, is_seen order by month_number nulls last
            ) then 1
            else 0
        end as is_fall
    from monthly_prices
),

-- Prices over the first one, so that their squares are told apart whether the thing is a screw or a ship.
relatives as (
    select
        *,
        cast(case
            when cast(net_price as double) > 1e9 * cast(first_price as double) then 1e9
            else round({{ ratio('net_price', 'first_price') }}, 9)
        end as decimal(38, 9)) as price_relative
    from falls
),

price_paths as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        {% for fact in ['is_seen', 'price_relative', 'is_fall', 'discounted_quantity', 'sold_quantity'] -%}
        {{ rolling_sum(fact, 12) }} as {{ fact }}_12,
        {% endfor -%}
        {{ rolling_sum('cast(round(power(cast(price_relative as double), 2), 12) as decimal(38, 12))', 12) }}
            as price_square_12,
        {{ running_max('case when is_fall = 1 then month_number end') }} as last_fall
    from relatives
),

margin_features as (
    select
        price_features.item_id,
        price_features.location_id,
        price_features.valuation_date,
        {{ ratio('price_tags.regular_price', 'stock_features.unit_cost') }} as regular_price_to_cost,
        case
            when is_seen_12 >= 2
                then sqrt(greatest(
                    0, is_seen_12 * {{ ratio('price_square_12', 'power(cast(price_relative_12 as double), 2)') }} - 1
                ))
        end as price_volatility_12,
        case
            when price_features.discount_depth_12 is not null
                then {{ ratio('discounted_quantity_12', 'sold_quantity_12') }}
        end as discounted_sales_share_12,
        cast(price_paths.month_number - last_fall as double) as months_since_price_fall,
        cast(is_fall_12 as double) as price_fall_count_12,
        {% for response, depth in {
            'discount_response_3': 'price_features.discount_depth_3',
            'markdown_response_3': 'case when price_features.markdown_days is not null then coalesce(markdown_depth, 0) end',
        }.items() -%}
        {{ depth }} * {{ midpoint_change('daily_velocity_3', 'daily_velocity_12') }} as {{ response }},
        {% endfor -%}
        price_elasticities.elasticity as own_price_elasticity,
        price_elasticities.category_elasticity as category_price_elasticity,
        price_elasticities.elasticity * price_features.price_change_12 as price_driven_demand_change,
        percent_rank() over (
            partition by items.category, price_features.valuation_date
            order by price_features.last_net_price nulls first
        ) as price_rank_in_category
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
