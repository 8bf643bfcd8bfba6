{# The features of a family, as its model's YAML lists them. #}
{% macro feature_names(family) %}
    {% set keys = ['item_id', 'location_id', 'valuation_date'] %}
    {% set model = 'model.' ~ project_name ~ '.' ~ family ~ '_features' %}
    {{ return(graph.nodes[model].columns | reject('in', keys) | list if execute else []) }}
{% endmacro %}
