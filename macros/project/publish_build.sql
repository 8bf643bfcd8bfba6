{% macro publish_build(results) %}{% endmacro %}
