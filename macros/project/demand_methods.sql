{#
    The demand forecasts that stand side by side.

    trimmed_4, 6, 12       mean of the last months without the largest, turned by the category's season
    exponential_smoothing  simple exponential smoothing
    croston                Croston's method, corrected by Syntetos and Boylan
    tsb                    Teunter, Syntetos and Babai: what is no longer asked for fades
    moving_average         average of the last 12 months
    run_rate               average of the last 3 months
    seasonal_naive         the same months a year before, once there is one
#}
{% macro demand_methods() -%}
    {{ return([
        'trimmed_4', 'trimmed_6', 'trimmed_12', 'exponential_smoothing', 'croston', 'tsb', 'moving_average', 'run_rate',
        'seasonal_naive',
    ]) }}
{%- endmacro %}
