{# Ages that share a life table: half a year, a year, two years, older. #}
{% macro age_band(months) -%}
    case when {{ months }} <= 6 then 1 when {{ months }} <= 12 then 2 when {{ months }} <= 24 then 3 else 4 end
{%- endmacro %}
