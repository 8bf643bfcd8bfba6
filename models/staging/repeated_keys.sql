{{ config(materialized='table') }}
{# Documents only: market signals are revised, and what people ask and decide is judged where it is read. #}
{%- set tables = [
    'booked_reserves', 'customer_returns', 'prices', 'purchase_orders', 'receipt_cost_adjustments', 'receipts', 'sales',
    'stock_adjustments', 'stock_counts', 'transfers',
] -%}
-- Which of several contents of one key is right nobody said, since none was loaded later: all are used, and listed.
with repeated_keys as (
    {% for table in tables -%}
    {% set base = ref('base_' ~ table) -%}
    {% set key = source_contract(table).meta.key if execute else ['source_row_number'] -%}
    select
        '{{ table }}' as table_name,
        {% for column in key -%}
        cast(base.{{ column }} as string){{ " || '/' ||" if not loop.last }}
        {% endfor -%}
        as repeated_key,
        base.row_key,
        cast(keys.row_count as bigint) as row_count,
        base.amount
    from {{ base }} as base
    inner join (
        select
            {% for column in key -%}
            {{ column }},
            {% endfor -%}
            count(*) as row_count
        from {{ base }}
        where row_status = 'used'
        group by all
        having count(*) > 1
    ) as keys
        on
            {% for column in key -%}
            base.{{ column }} = keys.{{ column }}
            {{ 'and' if not loop.last }}
            {% endfor %}
    where base.row_status = 'used'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from repeated_keys
