{#- The nearest entity that a signal speaks of wins. -#}
{%- set entities = {
    'item': 'items.item_id',
    'brand': 'items.brand',
    'subcategory': 'items.subcategory',
    'category': 'items.category',
    'supplier': 'items.supplier_id',
    'region': 'locations.region',
    'all': "'all'",
} -%}
with entity_signals as (select * from {{ ref('int_entity_signals') }}),

price_features as (select * from {{ ref('price_features') }}),

category_features as (select * from {{ ref('category_features') }}),

category_months as (select * from {{ ref('int_category_months') }}),

items as (select * from {{ ref('items') }}),

locations as (select * from {{ ref('locations') }}),

category_sales as (
    select
        category,
        valuation_date,
        {{ whole_sum('net_amount', 3, by='category, flash_date') }} as net_3
    from category_months
),

market_features as (
    select
        price_features.item_id,
        price_features.location_id,
        price_features.valuation_date,
        {% for signal, measures in signal_columns().items() -%}
        {% for measure in measures if measure != 'level' -%}
        cast(coalesce(
            {% for entity in entities -%}
            {{ entity }}_signals.{{ signal }}_{{ measure }}{{ ', ' if not loop.last }}
            {%- endfor %}
        ) as double) as {{ signal }}_{{ measure }},
        {% endfor -%}
        {% endfor -%}
        {{ ratio('price_features.last_net_price', 'item_signals.competitor_price_level') }}
            as price_to_competitor,
        {{ ratio('category_sales.net_3', '3 * category_signals.market_sales_level') }} as market_share_3,
        {% for change in ['change_3', 'change_year'] -%}
        category_features.category_sales_{{ change }} - category_signals.market_sales_{{ change }}
            as market_share_{{ change }}{{ ',' if not loop.last }}
        {% endfor %}
    from price_features
    inner join items on price_features.item_id = items.item_id
    inner join locations on price_features.location_id = locations.location_id
    inner join category_features
        on
            price_features.item_id = category_features.item_id
            and price_features.location_id = category_features.location_id
            and price_features.valuation_date = category_features.valuation_date
    inner join category_sales
        on
            items.category = category_sales.category
            and price_features.valuation_date = category_sales.valuation_date
    {% for entity, key in entities.items() -%}
    left join entity_signals as {{ entity }}_signals
        on
            {{ entity }}_signals.entity_type = '{{ entity }}'
            and {{ key }} = {{ entity }}_signals.entity_id
            and price_features.valuation_date = {{ entity }}_signals.valuation_date
    {% endfor %}
)

select * from market_features
