{% set columns = {'sales': 'unit_price', 'receipts': 'unit_cost'} -%}
with values_of_ids as (
    {% for table, column in columns.items() -%}
    select
        item_id as source_id,
        '{{ column }}' as kind,
        coalesce(upper(currency), '') as currency,
        cast({{ column }} as double) as value
    from {{ source('company', table) }}
    where {{ column }} > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

id_price_levels as (
    select
        source_id,
        kind,
        currency,
        median(value) as level
    from values_of_ids
    group by source_id, kind, currency
    having count(*) >= 3
)

select * from id_price_levels
