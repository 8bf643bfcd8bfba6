{%- set topics = message_topics() -%}
-- What a message announces, and of which of the supplier's items: those whose id or description stands in its text.
with stg_supplier_messages as (select * from {{ ref('stg_supplier_messages') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

items as (select * from {{ ref('items') }}),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

messages as (
    select
        message_id,
        supplier_id,
        cast(known_at as date) as known_on,
        lower(coalesce(subject, '') || ' ' || body) as message_text
    from stg_supplier_messages
),

topics_found as (
    select
        *,
        {% for topic, words in topics.items() -%}
        case
            when
                {% for word in words -%}
                message_text like '%{{ word }}%'{{ ' or ' if not loop.last }}
                {%- endfor %}
                then 1
            else 0
        end as is_{{ topic }}{{ ',' if not loop.last }}
        {% endfor %}
    from messages
),

-- A name of a few letters stands in any text by chance.
supplier_messages as (
    select
        topics_found.message_id,
        topics_found.supplier_id,
        topics_found.known_on,
        {% for topic in topics -%}
        topics_found.is_{{ topic }},
        {% endfor -%}
        items.item_id
    from topics_found
    left join items
        on
            topics_found.supplier_id = items.supplier_id
            and (
                (length(items.item_id) >= 4 and strpos(topics_found.message_text, lower(items.item_id)) > 0)
                or (
                    length(items.description) >= 10
                    and strpos(topics_found.message_text, lower(items.description)) > 0
                )
            )
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
            and supplier_messages.known_on > {{ months_after('valuation_dates.valuation_date', -6) }}
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
