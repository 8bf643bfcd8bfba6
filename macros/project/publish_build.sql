{#
    After a full build in which nothing failed: the public relations go to the file that readers open. A build of
    a part of the project, or one with a failure, leaves that file as it was.
#}
{% macro publish_build(results) %}
    {% if not execute or flags.WHICH != 'build' %}{{ return('') }}{% endif %}
    {% set target = published_file() %}
    {% set failed = failed_of(results) %}
    {% if failed %}
        {{ return(log('Not published: ' ~ failed | length ~ ' failed or skipped; ' ~ target ~ ' is as it was.', info=true)) }}
    {% elif invocation_args_dict.select or invocation_args_dict.exclude %}
        {{ return(log('Not published: only a part was built; ' ~ target ~ ' is as it was.', info=true)) }}
    {% endif %}
    {% set relations = [] %}
    {% for node in graph.nodes.values() if is_public(node) %}
        {% set columns = {} %}
        {% for column in node.columns.values() %}
            {% do columns.update({column.name: column.description}) %}
        {% endfor %}
        {% do relations.append(
            {'schema': node.schema, 'name': node.alias, 'description': node.description, 'columns': columns}
        ) %}
    {% endfor %}
    {% set published = run_query(
        "select publish_relations('" ~ sql_text(tojson(relations)) ~ "', '" ~ sql_text(target) ~ "')"
    ) %}
    {% do log(published.rows[0][0], info=true) %}
    {% for line in run_query("select build_summary('" ~ sql_text(target) ~ "')").rows[0][0].split('\n') %}
        {% do print(line) %}
    {% endfor %}
{% endmacro %}


{# Public are models of public access, and the seeds that say so. #}
{% macro is_public(node) %}
    {{ return(
        (node.resource_type == 'model' and node.config.access == 'public')
        or (node.resource_type == 'seed' and node.config.meta.public)
    ) }}
{% endmacro %}


{# The file that readers open. #}
{% macro published_file() %}
    {{ return(env_var('INVENTORY_PUBLISHED_DB', 'warehouse/inventory_valuation.duckdb')) }}
{% endmacro %}
