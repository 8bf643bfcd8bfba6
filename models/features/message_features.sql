{%- set topics = message_topics() -%}
with supplier_messages as (select * from {{ ref('int_supplier_messages') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

items as (select * from {{ ref('items') }}),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

first_messages as (
    select min(known_on) as first_message_on from supplier_messages
),

item_messages as (
    select
        supplier_messages.item_id,
        valuation_dates.valuation_date,
        {% for topic in topics -%}
        max(case when is_{{ topic }} = 1 then known_on end) as last_{{ topic }}_on{{ ',' if not loop.last }}
        {% endfor %}
    from supplier_messages
    inner join valuation_dates on supplier_messages.known_on <= valuation_dates.valuation_date
    where supplier_messages.item_id is not null
    group by supplier_messages.item_id, valuation_dates.valuation_date
),

supplier_counts as (
    select
        supplier_messages.supplier_id,
        valuation_dates.valuation_date,
        {% for topic in topics -%}
        count(distinct case when is_{{ topic }} = 1 then message_id end) as {{ topic }}_messages_6
        {{- ',' if not loop.last }}
        {% endfor %}
    from supplier_messages
    inner join valuation_dates
        on
            supplier_messages.known_on <= valuation_dates.valuation_date
            and supplier_messages.known_on > {{ month_end_after('valuation_dates.valuation_date', -6) }}
    group by supplier_messages.supplier_id, valuation_dates.valuation_date
),

message_features as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        {% for topic in topics -%}
        cast({{ days_between('item_messages.last_' ~ topic ~ '_on', 'on_hand.valuation_date') }} as double)
            as days_since_{{ topic }}_message,
        case
            when first_messages.first_message_on <= on_hand.valuation_date
                then cast(coalesce(supplier_counts.{{ topic }}_messages_6, 0) as double)
        end as supplier_{{ topic }}_messages_6{{ ',' if not loop.last }}
        {% endfor %}
    from on_hand
    cross join first_messages
    inner join items on on_hand.item_id = items.item_id
    left join item_messages
        on on_hand.item_id = item_messages.item_id and on_hand.valuation_date = item_messages.valuation_date
    left join supplier_counts
        on
            items.supplier_id = supplier_counts.supplier_id
            and on_hand.valuation_date = supplier_counts.valuation_date
)

select * from message_features
