{# An amount made from a rate: rounded half up to ten-thousandths at once, so that sums are exact. #}
{% macro rounded_amount(expression) -%}
    cast(round({{ expression }}, 4) as decimal(18, 4))
{%- endmacro %}
