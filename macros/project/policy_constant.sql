{# A number that a reviewer may change, from the seed `policy_constants`. #}
{% macro policy_constant(name) -%}
    (select value from {{ ref('policy_constants') }} where constant = '{{ name }}')
{%- endmacro %}
