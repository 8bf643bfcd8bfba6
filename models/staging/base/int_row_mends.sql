with row_mends as (
    {% for table in source_tables() -%}
    select
        '{{ table }}' as table_name,
        cast(count(mends) as bigint) as rows_mended
    from {{ ref('stg_' ~ table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from row_mends
