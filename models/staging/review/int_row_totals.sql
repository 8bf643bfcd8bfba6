-- What came is counted from the source itself, so that the reconciliation can fail.
with counted as (
    {% for table in source_tables() %}
    {% set amount = row_amount(table) -%}
    select
        '{{ table }}' as table_name,
        'delivered' as row_status,
        count(*) as row_count,
        sum({{ amount }}) as amount,
        sum(abs({{ amount }})) as amount_size,
        null as staged_size,
        sum({{ row_amount_cut(table) }}) as amount_cut,
        sum(quantity_cut) as quantity_cut
    from {{ source('company', table) }}
    union all
    select
        '{{ table }}' as table_name,
        case when mends is null then 'used as it came' else 'mended' end as row_status,
        count(*) as row_count,
        sum(delivered_amount) as amount,
        sum(abs(delivered_amount)) as amount_size,
        sum(abs({{ amount }})) as staged_size,
        0 as amount_cut,
        0 as quantity_cut
    from {{ ref('stg_' ~ table) }}
    group by mends is null
    union all
    {% endfor %}
    select
        table_name,
        row_status,
        count(*) as row_count,
        sum(delivered_amount) as amount,
        sum(abs(delivered_amount)) as amount_size,
        null as staged_size,
        0 as amount_cut,
        0 as quantity_cut
    from {{ ref('int_unused_rows') }}
    group by table_name, row_status
),

row_totals as (
    select
        table_name,
        row_status,
        cast(row_count as bigint) as row_count,
        cast(coalesce(amount, 0) as {{ money_total_type() }}) as amount,
        cast(coalesce(amount_size, 0) as {{ money_total_type() }}) as amount_size,
        cast(coalesce(staged_size, 0) as {{ money_total_type() }}) as staged_size,
        coalesce(round(amount_cut, 10), 0) as amount_cut,
        coalesce(round(quantity_cut, 10), 0) as quantity_cut
    from counted
)

select * from row_totals
