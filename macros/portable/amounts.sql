{# An amount made from a rate: rounded half up to ten-thousandths at once, so that sums are exact. #}
{% macro rounded_amount(expression) -%}
    cast(round({{ expression }}, 4) as decimal(18, 4))
{%- endmacro %}


{#
    The exact product of two decimals: one factor is widened first, since narrow ones multiply into 18 digits. Rounded
    before it is cast, which gives the same and takes DuckDB a third of the time.
#}
{% macro product(factor, other) -%}
    cast(round(cast({{ factor }} as decimal(19, 4)) * {{ other }}, 4) as decimal(18, 4))
{%- endmacro %}


{# The exact square of a decimal. #}
{% macro squared(value) -%}
    cast({{ value }} as decimal(18, 4)) * cast({{ value }} as decimal(18, 4))
{%- endmacro %}
