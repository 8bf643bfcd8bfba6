{# Every spelling of every id in every input table: the raw material of the cross-reference. #}
{% macro source_id_spellings() %}
    {%- set parts = [] -%}
    {%- for table in source_tables() -%}
        {%- set relation = source('company', table) -%}
        {%- if execute -%}
            {%- for column in source_contract(table).columns.values() if column.meta.id_of -%}
                {%- do parts.append((table, relation, column.name, column.meta.id_of)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set stock_tables = [
        'opening_stock', 'purchase_orders', 'receipts', 'stock_adjustments', 'stock_counts', 'transfers',
    ] -%}
    {%- for table, relation, column, master in parts %}
    {% set is_master = table == master and column == source_contract(master).meta.key[0] -%}
    select
        '{{ master }}' as master_table,
        {{ column }} as source_id,
        {{ is_master }} as is_in_master,
        {{ table in stock_tables }} as is_stocked,
        min(source_row_number) as first_row,
        count(*) as row_count
    from {{ relation }}
    where {{ column }} is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'select 1' if not parts }}
{% endmacro %}
