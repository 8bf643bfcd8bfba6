with judged as (
    {% for table in source_tables() -%}
    select
        '{{ table }}' as table_name,
        row_status,
        row_reason,
        count(*) as row_count,
        sum(amount) as amount,
        sum(abs(amount)) as amount_size
    from {{ ref('base_' ~ table) }}
    group by row_status, row_reason
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

row_judgements as (
    select
        table_name,
        row_status,
        row_reason,
        cast(row_count as bigint) as row_count,
        cast(coalesce(amount, 0) as decimal(38, 4)) as amount,
        cast(coalesce(amount_size, 0) as decimal(38, 4)) as amount_size
    from judged
)

select * from row_judgements
