{%- set families = [
    'stock', 'demand', 'price', 'life_cycle', 'supply', 'category',
    'market', 'seasonality', 'customer', 'item', 'track_record', 'margin', 'life_stage',
    'outlook', 'message', 'supplier', 'data_quality',
] -%}
with on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

{% for family in families -%}
{{ family }}_features as (select * from {{ ref(family ~ '_features') }}),

{% endfor -%}
wide as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        {% for family in families -%}
        {% set last_family = loop.last -%}
        {% for feature in feature_names(family) -%}
        {{ family }}_features.{{ feature }}{{ ',' if not (last_family and loop.last) }}
        {% endfor -%}
        {% endfor %}
    from on_hand
    {% for family in families -%}
    left join {{ family }}_features
        on
            on_hand.item_id = {{ family }}_features.item_id
            and on_hand.location_id = {{ family }}_features.location_id
            and on_hand.valuation_date = {{ family }}_features.valuation_date
    {% endfor %}
)

select * from wide
