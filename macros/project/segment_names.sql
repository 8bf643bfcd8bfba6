{# The segments that the model `segments` knows, in the order of its rules. #}
{% macro segment_names() -%}
    {{ return(['new', 'dead', 'declining', 'intermittent', 'seasonal', 'fast', 'steady']) }}
{%- endmacro %}
