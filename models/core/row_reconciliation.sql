{% set statuses = {
    'delivered': 'in', 'used': 'used', 'merged': 'merged', 'quarantined': 'quarantined', 'set aside': 'set_aside',
} -%}
with row_totals as (
    select * from {{ ref('int_row_totals') }}
),

row_reconciliation as (
    select
        table_name,
        {%- for status, name in statuses.items() %}
        cast(sum(case when row_status = '{{ status }}' then row_count else 0 end) as bigint) as rows_{{ name }},
        cast(sum(case when row_status = '{{ status }}' then amount else 0 end) as {{ money_total_type() }})
            as amount_{{ name }},
        {%- endfor %}
        cast(sum(case when row_status = 'mended' then row_count else 0 end) as bigint) as rows_mended,
        sum(amount_cut) as amount_cut,
        sum(quantity_cut) as quantity_cut
    from row_totals
    group by table_name
)

select * from row_reconciliation
