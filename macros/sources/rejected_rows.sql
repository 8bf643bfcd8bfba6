{# Across all input tables: the rows of one status, whole, as they came. #}
{% macro rows_as_they_came(status) %}
    {%- for table in source_tables() %}
    {%- set base = ref('base_' ~ table) %}
    select
        '{{ table }}' as table_name,
        base.row_key,
        base.row_reason,
        {% if table in ['sales', 'customer_returns'] -%}
        base.item_id, base.quantity, base.amount,
        {%- else -%}
        cast(null as string) as item_id, cast(null as {{ quantity_type() }}) as quantity,
        cast(null as {{ money_type() }}) as amount,
        {%- endif %}
        cast(to_json(delivered) as string) as source_row
    from {{ source('company', table).replace_path(identifier=table ~ '_as_delivered') }} as delivered
    inner join {{ base }} as base on delivered.source_row_number = base.source_row_number
    where base.row_status = '{{ status }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
