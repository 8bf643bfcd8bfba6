{# The demand forecasts that stand side by side; seed demand_methods says what each is. #}
{% macro demand_methods() -%}
    {{ return(averaged_demand_methods() + [
        'exponential_smoothing', 'croston', 'tsb', 'moving_average', 'run_rate', 'seasonal_naive',
    ]) }}
{%- endmacro %}


{# Those that the expected demand is averaged of; the others are yardsticks. #}
{% macro averaged_demand_methods() -%}
    {{ return(['trimmed_4', 'trimmed_6', 'trimmed_12']) }}
{%- endmacro %}


{# The weighted mean of the averaged forecasts in demand_candidates, by weights in the given relation. #}
{% macro mean_forecast(weights) -%}
    ({%- for method in averaged_demand_methods() -%}
    {{ weights }}.{{ method }}_weight * demand_candidates.{{ method }}_quantity{{ ' + ' if not loop.last }}
    {%- endfor -%})
{%- endmacro %}
