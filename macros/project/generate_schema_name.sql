{# A folder is a schema: the schema's name stands in dbt_project.yml and gets no prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
