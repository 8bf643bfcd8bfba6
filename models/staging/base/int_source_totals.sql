-- Counted from the source itself, not from the judged rows, so that the reconciliation can fail.
with source_totals as (
    {% for table in source_tables() %}
    select
        '{{ table }}' as table_name,
        count(*) as rows_in,
        sum({{ row_amount(table) }}) as amount_in,
        sum({{ row_amount_cut(table) }}) as amount_cut,
        sum(quantity_cut) as quantity_cut
    from {{ source('company', table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from source_totals
