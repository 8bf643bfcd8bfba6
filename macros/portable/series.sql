{# The integers from 0 to a bound, as rows with one column `number`. #}
{% macro integer_series(upper_bound) -%}
    {{ return(adapter.dispatch('integer_series')(upper_bound)) }}
{%- endmacro %}

{% macro default__integer_series(upper_bound) -%}
    select cast(range as bigint) as number from range({{ upper_bound }} + 1)
{%- endmacro %}

{% macro spark__integer_series(upper_bound) -%}
    select id as number from range({{ upper_bound }} + 1)
{%- endmacro %}
