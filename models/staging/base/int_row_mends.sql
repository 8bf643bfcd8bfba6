with row_mends as (
    {% for table in source_tables() -%}
    {% set amount = row_amount(table) -%}
    select
        '{{ table }}' as table_name,
        cast(count(mends) as bigint) as rows_mended,
        cast(
            coalesce(sum(case when mends is not null then abs({{ amount }}) end), 0) as decimal(38, 4)
        ) as amount_mended,
        cast(coalesce(sum(abs({{ amount }})), 0) as decimal(38, 4)) as amount_used
    from {{ ref('stg_' ~ table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from row_mends
