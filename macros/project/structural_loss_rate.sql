{#
    The loss of a position's stock as a fraction of its cost, if it sells on at its last paces over so many months:
    what stays unsold falls to recovery, what sells to its net price less selling cost. Two paces count alike:
    the last month, the latest news there is, and the median of three, which a single large order does not move.
    Reads last_month_quantity, typical_month_quantity, quantity, recovery_rate and proceeds_to_cost.
#}
{% macro structural_loss_rate(months, demand_factor='1', price_factor='1', recovery_change='0') -%}
    (
        {{ unsold_share(months, demand_factor) }}
        * (1 - least(greatest(recovery_rate + {{ recovery_change }}, 0), 1))
        + (1 - {{ unsold_share(months, demand_factor) }})
        * least(greatest(1 - coalesce(proceeds_to_cost * {{ price_factor }}, 1), 0), 1)
    )
{%- endmacro %}


{% macro unsold_share(months, demand_factor) -%}
    (
        greatest(1 - {{ months }} * {{ demand_factor }} * last_month_quantity / quantity, 0)
        + greatest(1 - {{ months }} * {{ demand_factor }} * typical_month_quantity / quantity, 0)
    ) / 2
{%- endmacro %}
