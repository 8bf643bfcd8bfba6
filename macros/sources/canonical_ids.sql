{# What two spellings of one id have in common: letters and digits, upper case, no leading zeros. #}
{% macro id_match_key(id) -%}
    coalesce(
        nullif(ltrim(regexp_replace(upper({{ id }}), '[^\p{L}\p{N}]', '', 'g'), '0'), ''),
        upper({{ id }})
    )
{%- endmacro %}


{# The id without the unit in which it is packed: ABC-12PK, ABC/EA, ABC_CASE all denote ABC. #}
{% macro without_pack_suffix(id) -%}
    regexp_replace(upper(trim({{ id }})), '[ _./-]+[0-9]*(EA|EACH|PC|PCS|PK|PACK|CS|CASE|BX|BOX|CTN|CARTON)[0-9]*$', '')
{%- endmacro %}


{# Every spelling of every id in every input table: the raw material of the cross-reference. #}
{% macro source_id_spellings() %}
    {%- if not execute -%}
    {%- for table in source_tables() %}{% do source('company', table) %}{% endfor -%}
    select 1
    {%- else -%}
    {%- set parts = [] -%}
    {%- set stock_tables = [
        'opening_stock', 'purchase_orders', 'receipts', 'stock_adjustments', 'stock_counts', 'transfers',
    ] -%}
    {%- for table in source_tables() -%}
        {%- for column in source_contract(table).columns.values() if column.meta.id_of -%}
            {%- do parts.append((table, column.name, column.meta.id_of)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for table, column, master in parts %}
    {% set is_master = table == master and column == source_contract(master).meta.key[0] -%}
    select
        '{{ master }}' as master_table,
        {{ column }} as source_id,
        {{ is_master }} as is_in_master,
        {{ table in stock_tables }} as is_stocked,
        {{ "upper(regexp_replace(description, '[^\\p{L}\\p{N}]', '', 'g'))"
            if is_master and table == 'items' else "''" }} as label,
        min(source_row_number) as first_row
    from ({{ read_source(table, [column, 'description'] if is_master and table == 'items' else [column]) }})
    where {{ column }} is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- endif -%}
{% endmacro %}
