{#
    After a full build in which nothing failed: the public relations go to the file that readers open, and what builds
    remember to a file beside it. A build of a part of the project, or one with a failure, leaves both as they were.
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
    {% set public_nodes = [] %}
    {% for node in graph.nodes.values() if is_public(node) %}
        {% do public_nodes.append(node) %}
    {% endfor %}
    {# The memories first: a build killed in between is published by none, and remembered all the same. #}
    {% do publish_nodes(memory_nodes(), memory_file()) %}
    {% do log(publish_nodes(public_nodes, target), info=true) %}
    {% do run_query("select remember_publication('" ~ invocation_id ~ "', " ~ source_name() ~ ")") %}
    {{ tell_missing_decisions() }}
    {% for line in run_query("select build_summary('" ~ sql_text(target) ~ "')").rows[0][0].split('\n') %}
        {% do print(line) %}
    {% endfor %}
{% endmacro %}


{# Copy relations into a file; what was done, in words. #}
{% macro publish_nodes(nodes, file) %}
    {% set relations = [] %}
    {% for node in nodes %}
        {% set columns = {} %}
        {% for column in node.columns.values() %}
            {% do columns.update({column.name: column.description}) %}
        {% endfor %}
        {% do relations.append(
            {'schema': node.schema, 'name': node.alias, 'description': node.description, 'columns': columns}
        ) %}
    {% endfor %}
    {{ return(run_query(
        "select publish_relations('" ~ sql_text(tojson(relations)) ~ "', '" ~ sql_text(file) ~ "')"
    ).rows[0][0]) }}
{% endmacro %}


{#
    Decisions that an earlier build read and that nobody delivers any more would lapse without a word: an approved month
    becomes an open one. Those on closed months have done their work and may go.
#}
{% macro tell_missing_decisions() %}
    {% set missing = run_query(
        "select distinct bound.subject_type || ' ' || bound.subject_key as subject
        from governance.approval_bindings as bound
        left join governance.int_given_decisions as given_decisions on bound.approval_id = given_decisions.approval_id
        left join sealed.closings as closings on right(bound.subject_key, 10) = cast(closings.period_end as varchar)
        where bound.source_name = " ~ source_name() ~ " and bound.subject_type in ('period', 'write_down')
            and given_decisions.approval_id is null and closings.period_end is null
        order by subject"
    ).rows %}
    {% if missing %}
        {% do print(
            'ATTENTION: ' ~ missing | length ~ ' decisions of earlier builds are missing from reserve_approvals and no '
            ~ 'longer count, such as the one on ' ~ missing[0][0] ~ '. Put their rows back; a decision is taken back by '
            ~ 'another row that says rejected.'
        ) %}
    {% endif %}
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


{# The file beside it that holds what builds remember: a new build file takes it over. #}
{% macro memory_file() %}
    {{ return(modules.re.sub('[.]duckdb$', '', published_file()) ~ '.memory.duckdb') }}
{% endmacro %}
