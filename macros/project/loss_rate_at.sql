{# What a unit loses of its cost when it sells at a price: nothing where price less selling costs covers it. #}
{% macro loss_rate_at(price, selling_cost_rate, unit_cost) -%}
    case
        when {{ price }} is not null
            then greatest(0, 1 - {{ ratio(price ~ ' * (1 - ' ~ selling_cost_rate ~ ')', unit_cost) }})
    end
{%- endmacro %}
