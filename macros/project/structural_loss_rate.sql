{#
    The loss rate of a stock that goes on selling as it did, the mean of two paces: unsold units fall to recovery, sold
    ones to what their price leaves at the month in which they sell on average. Prices lie around their forecast, and
    a loss is not made good by another unit's gain: half of the units go at a spread above it, half at one below, the
    spread being one of the present price (Rosenblueth, 1975). Reads last_month_quantity, typical_month_quantity,
    quantity, recovery_rate, proceeds_to_cost, price_spread and what price_factor reads.
#}
{% macro structural_loss_rate(months, demand_factor='1', price_change_factor='1', recovery_change='0') -%}
    {%- set paces = ['last_month_quantity', 'typical_month_quantity'] -%}
    (
        {% for pace in paces -%}
        {%- set month_demand = '(' ~ demand_factor ~ ' * ' ~ pace ~ ')' -%}
        {%- set unsold = 'greatest(1 - ' ~ months ~ ' * ' ~ month_demand ~ ' / quantity, 0)' -%}
        {{ unsold }} * (1 - least(greatest(recovery_rate + {{ recovery_change }}, 0), 1))
        + (1 - {{ unsold }})
        * {{ price_loss_rate(price_change_factor, mean_sale_month(months, month_demand, 'quantity')) }}
        {{- ' +' if not loop.last }}
        {% endfor -%}
    ) / {{ paces | length }}
{%- endmacro %}


{# The share of its cost that a sold unit loses; none where no price is known. #}
{% macro price_loss_rate(factor, month) -%}
    (
        {%- for sign in ['+', '-'] %}
        least(greatest(1 - coalesce(
            proceeds_to_cost * {{ factor }} * greatest({{ price_factor(month) }} {{ sign }} price_spread, 0), 1
        ), 0), 1){{ ' +' if not loop.last }}
        {%- endfor %}
    ) / 2
{%- endmacro %}
