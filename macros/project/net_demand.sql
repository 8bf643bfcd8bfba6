{# What customers kept of a month's sales, at least nothing; nothing where there was no month. #}
{% macro net_demand(demand_months) -%}
    greatest(coalesce({{ demand_months }}.sold_quantity - {{ demand_months }}.returned_quantity, 0), 0)
{%- endmacro %}
