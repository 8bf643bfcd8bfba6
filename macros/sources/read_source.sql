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
    {%- if present[column.name] == 'BLOB' and type != 'blob' -%}
        {#- Bytes have no letters until someone says in which encoding. -#}
        {{ return('cast(null as ' ~ type ~ ')') }}
    {%- elif type == 'string' and is_floating -%}
        {{ return("regexp_replace(nullif(nullif(" ~ text ~ ", ''), 'nan'), '\\.0$', '')") }}
    {%- elif type == 'string' and column.meta.id_of -%}
        {#- Spaces around an id are a spelling: the cross-reference mends it, and says so. -#}
        {{ return("case when " ~ text ~ " <> '' then cast(" ~ raw ~ " as varchar) end") }}
    {%- elif type == 'string' -%}
        {{ return("nullif(" ~ text ~ ", '')") }}
    {%- elif type.startswith('decimal') or type in ['bigint', 'double'] -%}
        {{ return(read_number(ungrouped(text) if is_text else raw, type)) }}
    {%- elif type in ['date', 'timestamp'] -%}
        {%- set moment = 'cast(' ~ zoned_moment(text) ~ ' as ' ~ type ~ ')' if is_text
            else 'try_cast(' ~ raw ~ ' as ' ~ type ~ ')' -%}
        {#- Infinities and days before Christ are no days of a company. -#}
        {{ return('case when year(' ~ moment ~ ') between 1 and 9999 then ' ~ moment ~ ' end') }}
    {%- elif type == 'blob' and is_text -%}
        {{ return('encode(' ~ raw ~ ')') }}
    {%- else -%}
        {{ return('try_cast(' ~ raw ~ ' as ' ~ type ~ ')') }}
    {%- endif -%}
{% endmacro %}


{# A number of ordinary size: a whole one is not rounded to, and nothing is counted in more than ten thousand millions. #}
{% macro read_number(number, type) %}
    {%- set value = 'try_cast(' ~ number ~ ' as ' ~ ('decimal(18, 4)' if type == 'bigint' else type) ~ ')' -%}
    {%- if type == 'double' -%}
        {{ return('case when isfinite(' ~ value ~ ') then ' ~ value ~ ' end') }}
    {%- elif type == 'bigint' -%}
        {{ return('case when ' ~ value ~ ' = trunc(' ~ value ~ ') then try_cast(' ~ value ~ ' as bigint) end') }}
    {%- else -%}
        {{ return('case when abs(' ~ value ~ ') <= ' ~ largest_number() ~ ' then ' ~ value ~ ' end') }}
    {%- endif -%}
{% endmacro %}


{% macro largest_number() %}{{ return('10000000000') }}{% endmacro %}


{#
    A moment with its offset from UTC, if it has one. Zones by name are not read: the engine (DuckDB 1.5) would
    read the rows that follow in that zone too.
#}
{% macro zoned_moment(text) %}
    {%- set moment = "regexp_replace(" ~ text ~ ", ' ?(UTC|GMT)$', 'Z')" -%}
    {{ return(
        "case when not regexp_matches(" ~ moment ~ ", '[A-Za-z]{2}') then try_cast(" ~ moment ~ " as timestamptz) end"
    ) }}
{% endmacro %}


{#
    Commas part thousands: they stand before every third digit, after one that is not zero. Elsewhere a comma may
    be a decimal one, which is not read.
#}
{% macro ungrouped(text) %}
    {{ return(
        "case when regexp_full_match(" ~ text ~ ", '[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]*)?') then replace(" ~ text
        ~ ", ',', '') else " ~ text ~ " end"
    ) }}
{% endmacro %}


{# The names of the columns that hold something, but nothing of their type, and of those whose number is too large. #}
{% macro unreadable_columns(table, present) %}
    {%- set checks = [] -%}
    {%- set loaded_at = {'name': 'loaded_at', 'data_type': 'timestamp'} -%}
    {%- for column in (source_contract(table).columns.values() | list) + [loaded_at] -%}
        {%- if column.name in present and column.data_type != 'blob'
            and (column.data_type != 'string' or present[column.name] == 'BLOB') -%}
            {%- set raw = '"' ~ column.name ~ '"' -%}
            {%- set number = 'try_cast(' ~ (ungrouped('trim(' ~ raw ~ ')') if present[column.name] == 'VARCHAR' else raw)
                ~ ' as double)' -%}
            {%- do checks.append(
                'case when nullif(trim(cast(' ~ raw ~ ' as varchar)), \'\') is not null and '
                ~ read_column(column, present) ~ ' is null then \'' ~ column.name ~ '\''
                ~ (' || case when isfinite(' ~ number ~ ') and abs(' ~ number ~ ') > ' ~ largest_number()
                    ~ ' then \' (beyond ten thousand million)\' else \'\' end'
                    if column.data_type.startswith('decimal') else '')
                ~ ' end'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return("nullif(concat_ws(', ', " ~ checks | join(', ') ~ "), '')" if checks else 'cast(null as string)') }}
{% endmacro %}
