{#
    The loss rate of a stock of which a part stays unsold: it falls to recovery, what sells to what its price leaves at the
    month in which it sells on average, if demand takes it evenly over `months`. Prices lie around their forecast, and a
    loss is not made good by another unit's gain: half of the units go at a spread above it, half at one below, the spread
    being one of the present price (Rosenblueth, 1975). Reads quantity, recovery_rate, proceeds_to_cost, price_spread and
    what price_factor reads.
#}
{% macro sell_through_loss_rate(unsold_rate, demand, months, price_change_factor='1', recovery_change='0') -%}
    (
        {{ unsold_rate }} * (1 - least(greatest(recovery_rate + {{ recovery_change }}, 0), 1))
        + (1 - {{ unsold_rate }})
        * {{ price_loss_rate(
            price_change_factor, mean_sale_month(months, '(' ~ demand ~ ' / ' ~ months ~ ')', 'quantity')
        ) }}
    )
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
