{#
    The raw rows of an input table with the contract's columns and types, as they came: not yet judged.
    An absent table gives no rows, an absent optional column gives nulls, a value that can't be read gives
    null and is named in `unreadable_columns`. `columns` narrows what is read.
#}
{% macro read_source(table, columns=none) %}
    {%- do source('company', table) -%}
    {%- if execute -%}
    {%- set present = source_columns(table) -%}
    select
        {% for column in source_contract(table).columns.values() if not columns or column.name in columns -%}
        {{ read_column(column, present) }} as {{ column.name }},
        {% endfor -%}
        {{ read_column({'name': 'loaded_at', 'data_type': 'timestamp'}, present) }} as loaded_at,
        {{ unreadable_columns(table, present) }} as unreadable_columns,
        {% if present %}source_row_number{% else %}cast(null as bigint){% endif %} as source_row_number
    {% if present -%}
    from {{ source_relation(table) }}
    {%- else -%}
    where false
    {%- endif -%}
    {%- else -%}
    select 1
    {%- endif -%}
{% endmacro %}


{% macro read_column(column, present) %}
    {%- set type = 'bigint' if column.data_type == 'integer' else column.data_type -%}
    {%- if column.name not in present -%}
        {{ return('cast(null as ' ~ type ~ ')') }}
    {%- endif -%}
    {%- set raw = '"' ~ column.name ~ '"' -%}
    {%- set text = 'trim(cast(' ~ raw ~ ' as varchar))' -%}
    {%- set is_text = present[column.name] == 'VARCHAR' -%}
    {%- set is_floating = present[column.name] in ['FLOAT', 'DOUBLE'] -%}
    {%- if type == 'string' and is_floating -%}
        {{ return("regexp_replace(nullif(nullif(" ~ text ~ ", ''), 'nan'), '\\.0$', '')") }}
    {%- elif type == 'string' and column.meta.id_of -%}
        {#- Spaces around an id are a spelling: the cross-reference mends it, and says so. -#}
        {{ return("case when " ~ text ~ " <> '' then cast(" ~ raw ~ " as varchar) end") }}
    {%- elif type == 'string' -%}
        {{ return("nullif(" ~ text ~ ", '')") }}
    {%- elif type.startswith('decimal') and is_text -%}
        {{ return("try_cast(replace(" ~ text ~ ", ',', '') as " ~ type ~ ")") }}
    {%- elif type == 'double' -%}
        {%- set number = 'try_cast(' ~ raw ~ ' as double)' -%}
        {{ return('case when isfinite(' ~ number ~ ') then ' ~ number ~ ' end') }}
    {%- elif type in ['date', 'timestamp'] and is_text -%}
        {{ return('cast(try_cast(' ~ text ~ ' as timestamptz) as ' ~ type ~ ')') }}
    {%- elif type == 'blob' and is_text -%}
        {{ return('encode(' ~ raw ~ ')') }}
    {%- else -%}
        {{ return('try_cast(' ~ raw ~ ' as ' ~ type ~ ')') }}
    {%- endif -%}
{% endmacro %}


{# The names of the columns that hold something, but nothing of their type. #}
{% macro unreadable_columns(table, present) %}
    {%- set checks = [] -%}
    {%- for column in source_contract(table).columns.values() -%}
        {%- if column.name in present and column.data_type not in ['string', 'blob']
            and present[column.name] in ['VARCHAR', 'FLOAT', 'DOUBLE'] -%}
            {%- do checks.append(
                'case when nullif(trim(cast("' ~ column.name ~ '" as varchar)), \'\') is not null and '
                ~ read_column(column, present) ~ ' is null then \'' ~ column.name ~ '\' end'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return("nullif(concat_ws(', ', " ~ checks | join(', ') ~ "), '')" if checks else 'cast(null as string)') }}
{% endmacro %}
