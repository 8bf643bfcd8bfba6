{# SHA-256 of a text, in hexadecimal. #}
{% macro sha256_hex(text) -%}
    {{ return(adapter.dispatch('sha256_hex')(text)) }}
{%- endmacro %}

{% macro default__sha256_hex(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__sha256_hex(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}


{# One text of a group's texts, in their own order, so that the order of rows changes nothing. #}
{% macro joined_in_order(text) -%}
    {{ return(adapter.dispatch('joined_in_order')(text)) }}
{%- endmacro %}

{% macro default__joined_in_order(text) -%}
    string_agg({{ text }}, '' order by {{ text }})
{%- endmacro %}

{% macro spark__joined_in_order(text) -%}
    array_join(sort_array(collect_list({{ text }})), '')
{%- endmacro %}


{# SHA-256 over several values, each with its length, so that no two rows of values can run together. #}
{% macro hash_of(values) -%}
    {%- set texts = [] -%}
    {%- for value in values -%}
        {%- set text = 'cast(' ~ value ~ ' as string)' -%}
        {%- do texts.append("coalesce(length(" ~ text ~ ") || ':' || " ~ text ~ ", '-')") -%}
    {%- endfor -%}
    {{ sha256_hex(texts | join(' || ')) }}
{%- endmacro %}


{# A 64-bit hash of a row's columns, as a number that can be summed. Engines differ: never compare it across them. #}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}
