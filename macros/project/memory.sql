{#
    What builds remember from one to the next: tables that only grow (meta `append_only`). Each row names the build that
    wrote it; inventory_valuation/publishing/memory.py says what follows from that.
#}
{% macro memories() %}
    {% set found = [] %}
    {% for node in memory_nodes() %}
        {% do found.append({'schema': node.schema, 'table': node.alias, 'builder': 'written_by_build'}) %}
    {% endfor %}
    {{ return(sql_text(tojson(found))) }}
{% endmacro %}


{% macro memory_nodes() %}
    {{ return(
        graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.meta.append_only', 'defined') | sort(attribute='name') | list
    ) }}
{% endmacro %}


{# Before any work: what a build wrote that failed or was killed is taken out. #}
{% macro forget_failed_builds() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% set forgotten = fromjson(run_query("select forget_failed_builds('" ~ memories() ~ "')").rows[0][0]) %}
        {% for table, rows in forgotten.items() %}
            {% do log(table ~ ': ' ~ rows ~ ' rows of a build that did not pass are taken out', info=true) %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{# At the end of a build or run in which nothing failed: what it wrote is remembered. #}
{% macro remember_this_build(results) %}
    {% if execute and flags.WHICH in ['build', 'run'] and not failed_of(results) %}
        {% do run_query("select remember_build('" ~ invocation_id ~ "')") %}
    {% endif %}
{% endmacro %}


{% macro failed_of(results) %}
    {{ return(results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped']) | list) }}
{% endmacro %}


{# A new build file remembers what the file of memories does, so that a lost file loses nothing. #}
{% macro take_over_memories() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% for node in memory_nodes() %}
            {% if not adapter.get_relation(database=target.database, schema=node.schema, identifier=node.alias) %}
                {% do take_over(node.schema, [node.alias]) %}
            {% endif %}
        {% endfor %}
        {% do run_query("select remember_all('" ~ memories() ~ "')") %}
    {% endif %}
{% endmacro %}


{# Copy tables of the file of memories into the build's, all of them or none. #}
{% macro take_over(schema, tables) %}
    {% set taken = fromjson(run_query(
        "select take_over_tables('" ~ schema ~ "', '" ~ sql_text(tojson(tables)) ~ "', '" ~ sql_text(memory_file()) ~ "')"
    ).rows[0][0]) %}
    {% for table in taken %}
        {% do adapter.cache_added(
            api.Relation.create(database=target.database, schema=schema, identifier=table, type='table')
        ) %}
    {% endfor %}
    {% if taken %}
        {% do log(schema ~ '.' ~ taken | join(', ') ~ ' taken over from ' ~ memory_file(), info=true) %}
    {% endif %}
{% endmacro %}


{# Whose a row of an appended relation is: builds over several sources may share a file. #}
{% macro source_name() -%}
    '{{ sql_text(var("set_of_books", none) or var("source_schema") or var("source_path")) }}'
{%- endmacro %}
