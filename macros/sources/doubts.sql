{#
    Whether a value is far above or below what it should be; null where there is nothing to
    compare it with. Prices and costs of one item do not move so far by trade.
#}
{% macro is_far_above(value, reference) -%}
    {{ value }} > {{ policy_constant('outlier_multiple') }} * nullif(cast({{ reference }} as double), 0)
{%- endmacro %}


{% macro is_far_below(value, reference) -%}
    {{ policy_constant('outlier_multiple') }} * cast({{ value }} as double) < nullif({{ reference }}, 0)
{%- endmacro %}
