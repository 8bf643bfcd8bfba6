{%- set peers = {
    'category': 'items.category',
    'subcategory': 'items.subcategory',
    'brand': 'items.brand',
    'supplier': 'items.supplier_id',
    'location': 'realised_outcomes.location_id',
} -%}
-- The stock of a horizon ago: its outcome has just become known.
with on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

realised_outcomes as (select * from {{ ref('realised_outcomes') }} where is_scored),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

items as (select * from {{ ref('items') }}),

known_outcomes as (
    select
        realised_outcomes.item_id,
        realised_outcomes.location_id,
        valuation_dates.horizon_end_date as valuation_date,
        cast(realised_outcomes.realised_loss as {{ money_type() }}) as realised_loss,
        cast(realised_outcomes.cost_value as {{ money_type() }}) as cost_value,
        realised_outcomes.realised_loss_rate,
        realised_outcomes.sell_through
    from realised_outcomes
    inner join valuation_dates on realised_outcomes.valuation_date = valuation_dates.valuation_date
),

{% for peer, key in peers.items() -%}
{% set key = key | replace('realised_outcomes', 'known_outcomes') -%}
{{ peer }}_outcomes as (
    select
        {{ key }} as peer_id,
        known_outcomes.valuation_date,
        {{ ratio('sum(known_outcomes.realised_loss)', 'sum(known_outcomes.cost_value)') }} as loss_rate
    from known_outcomes
    inner join items on known_outcomes.item_id = items.item_id
    where {{ key }} is not null
    group by {{ key }}, known_outcomes.valuation_date
),

{% endfor -%}
track_record_features as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        known_outcomes.realised_loss_rate as own_past_loss_rate,
        known_outcomes.sell_through as own_past_sell_through,
        {% for peer in peers -%}
        {{ peer }}_outcomes.loss_rate as {{ peer }}_past_loss_rate{{ ',' if not loop.last }}
        {% endfor %}
    from on_hand
    inner join items on on_hand.item_id = items.item_id
    left join known_outcomes
        on
            on_hand.item_id = known_outcomes.item_id
            and on_hand.location_id = known_outcomes.location_id
            and on_hand.valuation_date = known_outcomes.valuation_date
    {% for peer, key in peers.items() -%}
    left join {{ peer }}_outcomes
        on
            {{ key | replace('realised_outcomes', 'on_hand') }} = {{ peer }}_outcomes.peer_id
            and on_hand.valuation_date = {{ peer }}_outcomes.valuation_date
    {% endfor %}
)

select * from track_record_features
