{#
    After a full build in which nothing failed: the public relations go to the file that readers open. A build of
    a part of the project, or one with a failure, leaves that file as it was.
#}
{% macro publish_build(results) %}
    {% if not execute or flags.WHICH != 'build' %}{{ return('') }}{% endif %}
    {% set target = published_file() %}
    {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped']) | list %}
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


{# Before any work in a new build file: the logs continue those of the published file, so that a lost file loses none. #}
{% macro take_over_logs() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% for schema, nodes in graph.nodes.values() | selectattr('config.meta.append_only', 'defined') | groupby('schema') %}
            {% set tables = nodes | map(attribute='alias') | list %}
            {% if not adapter.get_relation(database=target.database, schema=schema, identifier=tables[0]) %}
                {% do take_over(schema, tables) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{# Copy tables of the published file into the build's, all of them or none. #}
{% macro take_over(schema, tables) %}
    {% set taken = fromjson(run_query(
        "select take_over_tables('" ~ schema ~ "', '" ~ sql_text(tojson(tables)) ~ "', '" ~ sql_text(published_file()) ~ "')"
    ).rows[0][0]) %}
    {% for table in taken %}
        {% do adapter.cache_added(
            api.Relation.create(database=target.database, schema=schema, identifier=table, type='table')
        ) %}
    {% endfor %}
    {% if taken %}
        {% do log(schema ~ '.' ~ taken | join(', ') ~ ' taken over from ' ~ published_file(), info=true) %}
    {% endif %}
{% endmacro %}


{# Whose books a row of an appended relation belongs to: builds over several sources may share a file. #}
{% macro source_name() -%}
    '{{ sql_text(var("set_of_books", none) or var("source_schema") or var("source_path")) }}'
{%- endmacro %}
