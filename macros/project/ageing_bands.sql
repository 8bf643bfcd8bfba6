{#
    The bands of age that features and reports tell stock by, the same for every company and every ageing policy, so that
    another policy teaches no model anew: name and greatest age in days.
#}
{% macro ageing_bands() -%}
    {{ return([
        ['days_0_to_90', 90], ['days_91_to_180', 180], ['days_181_to_270', 270], ['days_271_to_365', 365],
        ['days_over_365', none],
    ]) }}
{%- endmacro %}
