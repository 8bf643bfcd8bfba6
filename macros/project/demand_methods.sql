{# The demand forecasts that stand side by side; seed demand_methods says what each is. #}
{% macro demand_methods() -%}
    {{ return([
        'trimmed_4', 'trimmed_6', 'trimmed_12', 'exponential_smoothing', 'croston', 'tsb', 'moving_average', 'run_rate',
        'seasonal_naive',
    ]) }}
{%- endmacro %}
