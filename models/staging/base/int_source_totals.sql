-- Counted from the source itself, not from the judged rows, so that the reconciliation can fail.
with source_totals as (
    {% for table in source_tables() %}
    select
        '{{ table }}' as table_name,
        count(*) as rows_in,
        {% if execute -%}
        sum({{ row_amount(source_contract(table)) }}) as amount_in
        {%- endif %}
    from ({{ read_source(table) }})
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from source_totals
