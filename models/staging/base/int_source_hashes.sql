-- The bytes of a file; of a relation, which has none, its rows in any order.
{% for table in source_tables() %}
{% do source('company', table) %}
{% if execute %}
{% set relation = source_relation(table) %}
select
    '{{ table }}' as table_name,
    {% if not relation -%}
    cast(null as string)
    {%- elif var('source_schema') -%}
    (
        select cast(bit_xor(hash(delivered)) as string)
        from {{ var('source_schema') }}.{{ table }} as delivered
    )
    {%- else -%}
    source_file_hash('{{ sql_text(source_file(table)) }}')
    {%- endif %} as content_hash
{{ 'union all' if not loop.last }}
{% else %}
{{ 'select 1' if loop.last }}
{% endif %}
{% endfor %}
