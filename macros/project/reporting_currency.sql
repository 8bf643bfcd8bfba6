{# The currency that amounts are in, as one value: a join could multiply or empty what it stands beside. #}
{% macro reporting_currency() -%}
    (select currency from {{ ref('int_reporting_currency') }})
{%- endmacro %}
