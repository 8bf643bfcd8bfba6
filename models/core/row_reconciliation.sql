{% set statuses = {
    'in': ['delivered'], 'used': ['used as it came', 'mended'], 'merged': ['merged'], 'quarantined': ['quarantined'],
    'set_aside': ['set aside'],
} -%}
with row_totals as (
    select * from {{ ref('int_row_totals') }}
),

row_reconciliation as (
    select
        table_name,
        {%- for name, counted in statuses.items() %}
        {%- set is_counted = "row_status in ('" ~ counted | join("', '") ~ "')" %}
        cast(sum(case when {{ is_counted }} then row_count else 0 end) as bigint) as rows_{{ name }},
        cast(sum(case when {{ is_counted }} then amount else 0 end) as {{ money_total_type() }}) as amount_{{ name }},
        {%- endfor %}
        cast(sum(case when row_status = 'mended' then row_count else 0 end) as bigint) as rows_mended,
        sum(amount_cut) as amount_cut,
        sum(quantity_cut) as quantity_cut
    from row_totals
    group by table_name
)

select * from row_reconciliation
