{#
    What two spellings of one id have in common, from close to far: case and blanks; then punctuation, but for what parts
    two digits (5-11 is not 51-1); then that too. Leading zeros count from the second on. Signs on letters (vowels of
    Indian scripts) are letters.
#}
{% macro id_without_case(id) -%}
    regexp_replace(upper(trim(nfc_normalize({{ id }}))), '\s+', ' ', 'g')
{%- endmacro %}

{% macro id_without_punctuation(id) -%}
    {%- set between_digits = "'([0-9])[^\p{L}\p{N}\p{M}]+([0-9])', '\\1·\\2', 'g'" -%}
    coalesce(
        nullif(ltrim(regexp_replace(
            regexp_replace(regexp_replace(upper(nfc_normalize({{ id }})), {{ between_digits }}), {{ between_digits }}),
            '[^\p{L}\p{N}\p{M}·]', '', 'g'
        ), '0'), ''),
        upper({{ id }})
    )
{%- endmacro %}

{% macro id_letters_and_digits(id) -%}
    coalesce(
        nullif(ltrim(regexp_replace(upper(nfc_normalize({{ id }})), '[^\p{L}\p{N}\p{M}]', '', 'g'), '0'), ''), upper({{ id }})
    )
{%- endmacro %}

{# The id without the unit in which it is packed: ABC-12PK, ABC/EA, ABC_CASE all denote ABC. #}
{% macro id_without_pack(id) -%}
    regexp_replace(upper(trim({{ id }})), '[ _./-]+[0-9]*(EA|EACH|PC|PCS|PK|PACK|CS|CASE|BX|BOX|CTN|CARTON)[0-9]*$', '')
{%- endmacro %}


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
        min(source_row_number) as first_row
    from {{ relation }}
    where {{ column }} is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'select 1' if not parts }}
{% endmacro %}
