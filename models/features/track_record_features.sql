{%- set peers = {
    'category': 'items.category',
    'subcategory': 'items.subcategory',
    'brand': 'items.brand',
    'supplier': 'items.supplier_id',
    'location': 'realised_outcomes.location_id',
} -%}
-- The stock of a horizon ago: its outcome has become known at the last month end.
with valuation_dates as (select * from {{ ref('valuation_dates') }}),

on_hand as (
    select
        on_hand.*,
        valuation_dates.last_month_end
    from {{ ref('on_hand') }} as on_hand
    inner join valuation_dates on on_hand.valuation_date = valuation_dates.valuation_date
    where on_hand.quantity > 0
),

realised_outcomes as (select * from {{ ref('realised_outcomes') }} where is_scored),

items as (select * from {{ ref('items') }}),

known_outcomes as (
    select
        realised_outcomes.item_id,
        realised_outcomes.location_id,
        valuation_dates.horizon_end_date as known_on,
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
        known_outcomes.known_on,
        {{ ratio('sum(known_outcomes.realised_loss)', 'sum(known_outcomes.cost_value)') }} as loss_rate
    from known_outcomes
    inner join items on known_outcomes.item_id = items.item_id
    where {{ key }} is not null
    group by {{ key }}, known_outcomes.known_on
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
            and on_hand.last_month_end = known_outcomes.known_on
    {% for peer, key in peers.items() -%}
    left join {{ peer }}_outcomes
        on
            {{ key | replace('realised_outcomes', 'on_hand') }} = {{ peer }}_outcomes.peer_id
            and on_hand.last_month_end = {{ peer }}_outcomes.known_on
    {% endfor %}
)

select * from track_record_features
