{# Documents only: market signals are revised, and what people ask and decide is judged where it is read. #}
{%- set tables = [
    'customer_returns', 'prices', 'purchase_orders', 'receipt_cost_adjustments', 'receipts', 'sales', 'stock_adjustments',
    'stock_counts', 'transfers',
] -%}
-- Which of several contents of one key is right nobody said, since none was loaded later: all are used, and listed.
with repeated_keys as (
    {% for table in tables -%}
    {% set key = source_contract(table).meta.key or ['source_row_number'] -%}
    select
        '{{ table }}' as table_name,
        cast({{ key | join(" as string) || '/' || cast(") }} as string) as repeated_key,
        {{ row_key(table) }} as row_key,
        count(*) over (partition by {{ key | join(', ') }}) as row_count,
        delivered_amount as amount
    from {{ ref('stg_' ~ table) }}
    where ({{ key | join(', ') }}) in (
        select ({{ key | join(', ') }})
        from {{ ref('stg_' ~ table) }}
        group by {{ key | join(', ') }}
        having count(*) > 1
    )
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from repeated_keys
where repeated_key is not null
