{#
    The price to expect so many months ahead over the present one. Reads price_jump, monthly_price_change and
    foreseen_share.
#}
{% macro price_factor(month) -%}
    (1 + foreseen_share * (exp(price_jump + monthly_price_change * {{ month }}) - 1))
{%- endmacro %}


{#
    The month ahead in which the units of a stock sell on average, if demand takes them evenly: those that sell at all
    within `months`. Of no demand it is the middle of them: nothing tells more.
#}
{% macro mean_sale_month(months, month_demand, quantity) -%}
    ((least({{ months }}, coalesce({{ quantity }} / nullif({{ month_demand }}, 0), {{ months }})) + 1) / 2)
{%- endmacro %}


{# Where the price comes from of a company that keeps none. #}
{% macro no_price_is_kept() -%}
    no price is kept: use at cost
{%- endmacro %}
