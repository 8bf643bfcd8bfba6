{# A decimal as a person writes it: without the zeros behind its last digit. #}
{% macro plain_number(value) -%}
    regexp_replace(cast(cast({{ value }} as {{ quantity_total_type() }}) as string), '[.]?0+$', '')
{%- endmacro %}


{# A number with so many decimals and its thousands set apart. #}
{% macro told_number(value, decimals=0) -%}
    format('{:,.{{ decimals }}f}', cast({{ value }} as double))
{%- endmacro %}


{# A change as a percentage with its sign. #}
{% macro signed_percent(change) -%}
    format('{:+.0f}%', 100 * cast({{ change }} as double))
{%- endmacro %}
