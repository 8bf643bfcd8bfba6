{%- set topics = message_topics() -%}
-- What a message announces, and of which of the supplier's items: those whose id or description stands in its text.
with stg_supplier_messages as (select * from {{ ref('stg_supplier_messages') }}),

items as (select * from {{ ref('items') }}),

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
)

select * from supplier_messages
