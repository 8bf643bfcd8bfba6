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

items as (select * from {{ ref('items') }}),

locations as (select * from {{ ref('locations') }}),

market_features as (
    select
        price_features.item_id,
        price_features.location_id,
        price_features.valuation_date,
        {% for signal in signal_kinds() -%}
        {% for change in ['change_3', 'change_year'] -%}
        coalesce(
            {% for entity in entities -%}
            {{ entity }}_signals.{{ signal }}_{{ change }}{{ ', ' if not loop.last }}
            {%- endfor %}
        ) as {{ signal }}_{{ change }},
        {% endfor -%}
        {% endfor -%}
        {{ ratio('price_features.last_net_price', 'item_signals.competitor_price_level') }}
            as price_to_competitor
    from price_features
    inner join items on price_features.item_id = items.item_id
    inner join locations on price_features.location_id = locations.location_id
    {% for entity, key in entities.items() -%}
    left join entity_signals as {{ entity }}_signals
        on
            {{ entity }}_signals.entity_type = '{{ entity }}'
            and {{ key }} = {{ entity }}_signals.entity_id
            and price_features.valuation_date = {{ entity }}_signals.valuation_date
    {% endfor %}
)

select * from market_features
