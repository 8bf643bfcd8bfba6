with source_totals as (
    select * from {{ ref('int_source_totals') }}
),

row_judgements as (
    select * from {{ ref('int_row_judgements') }}
),

row_mends as (
    select * from {{ ref('int_row_mends') }}
),

{% set statuses = {
    'used': 'used', 'merged': 'merged', 'quarantined': 'quarantined', 'set aside': 'set_aside',
} -%}
judged as (
    select
        table_name,
        {% for status, name in statuses.items() -%}
        sum(case when row_status = '{{ status }}' then row_count else 0 end) as rows_{{ name }},
        sum(case when row_status = '{{ status }}' then amount else 0 end) as amount_{{ name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from row_judgements
    group by table_name
),

row_reconciliation as (
    select
        source_totals.table_name,
        cast(source_totals.rows_in as bigint) as rows_in,
        cast(coalesce(judged.rows_used, 0) as bigint) as rows_used,
        cast(coalesce(row_mends.rows_mended, 0) as bigint) as rows_mended,
        cast(coalesce(judged.rows_merged, 0) as bigint) as rows_merged,
        cast(coalesce(judged.rows_quarantined, 0) as bigint) as rows_quarantined,
        cast(coalesce(judged.rows_set_aside, 0) as bigint) as rows_set_aside,
        cast(coalesce(source_totals.amount_in, 0) as {{ money_total_type() }}) as amount_in,
        cast(coalesce(judged.amount_used, 0) as {{ money_total_type() }}) as amount_used,
        cast(coalesce(judged.amount_merged, 0) as {{ money_total_type() }}) as amount_merged,
        cast(coalesce(judged.amount_quarantined, 0) as {{ money_total_type() }}) as amount_quarantined,
        cast(coalesce(judged.amount_set_aside, 0) as {{ money_total_type() }}) as amount_set_aside,
        coalesce(round(source_totals.amount_cut, 10), 0) as amount_cut,
        coalesce(round(source_totals.quantity_cut, 10), 0) as quantity_cut
    from source_totals
    left join judged on source_totals.table_name = judged.table_name
    left join row_mends on source_totals.table_name = row_mends.table_name
)

select * from row_reconciliation
