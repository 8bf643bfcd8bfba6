{# The columns of a roll-forward, in the order of its identity. Positions hold one currency, so exchange moves nothing. #}
{% macro rollforward_columns() -%}
    item_id,
    location_id,
    period_end,
    framework,
    opening_amount,
    addition_amount,
    relieved_by_sale_amount,
    relieved_by_scrap_amount,
    reversal_amount,
    cast(0 as {{ money_type() }}) as currency_amount,
    transferred_amount,
    closing_amount,
    recoverable_amount
{%- endmacro %}
