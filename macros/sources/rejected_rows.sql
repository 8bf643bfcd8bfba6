{# Across all input tables: the rows of one status, whole, as they came. #}
{% macro rows_as_they_came(status) %}
    {%- for table in source_tables() %}
    {%- set relation = source_relation(table) if execute -%}
    {%- do source('company', table) -%}
    {%- set base = ref('base_' ~ table) %}
    select
        '{{ table }}' as table_name,
        base.row_key,
        base.row_reason,
        {% if table in ['sales', 'customer_returns'] -%}
        base.item_id, base.quantity, base.amount,
        {%- else -%}
        cast(null as string) as item_id, cast(null as decimal(18, 4)) as quantity, cast(null as decimal(18, 4)) as amount,
        {%- endif %}
        {% if relation -%}
        cast(to_json(source_rows) as string) as source_row
    from {{ relation_in_json(table, relation) }} as source_rows
    inner join {{ base }} as base on source_rows.source_row_number = base.source_row_number
    where base.row_status = '{{ status }}'
        {%- else -%}
        cast(null as string) as source_row
    from {{ base }} as base
    where false
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{# JSON knows neither NaN nor infinities: numbers that may be such go there as text. #}
{% macro relation_in_json(table, relation) %}
    {%- set floating = [] -%}
    {%- for name, type in source_columns(table).items() if type in ['FLOAT', 'DOUBLE'] -%}
        {%- do floating.append('cast("' ~ name ~ '" as varchar) as "' ~ name ~ '"') -%}
    {%- endfor -%}
    {{ return('(select * replace (' ~ floating | join(', ') ~ ') from ' ~ relation ~ ')' if floating else relation) }}
{% endmacro %}
