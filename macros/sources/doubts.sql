{#
    Whether a value lies beyond a factor of five above or below what it should be; null where there is nothing to
    compare it with. Prices and costs of one item do not move so far by trade.
#}
{% macro is_far_above(value, reference) -%}
    {{ value }} > 5 * nullif({{ reference }}, 0)
{%- endmacro %}


{% macro is_far_below(value, reference) -%}
    5 * {{ value }} < nullif({{ reference }}, 0)
{%- endmacro %}
