{#
    A table that is made anew only where it must be, in place of dbt's own: inventory_valuation/building/changes.py says
    when that is. The select is one for both kinds of build. A model whose rows depend on nothing that became known
    after them says when that was, in its meta: `known_by`, an expression of its columns. Of such a table the months
    before the first change are kept; a model in Python is made as a whole, but what reads it knows its months. A folder
    may say `known_by` for all its tables: it holds for those that have the column.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate = make_intermediate_relation(target_relation) -%}
    {%- set known_by = model.config.meta.get('known_by') -%}
    {%- set table_name = this.schema ~ '.' ~ this.identifier -%}
    {%- set may_stand = existing is not none and existing.is_table and not flags.FULL_REFRESH -%}

    {%- set change = run_query(
        "select first_change('" ~ table_name ~ "', '" ~ sql_text(tojson({
            'language': model.language, 'code': compiled_code, 'known_by': known_by, 'columns': columns_under_contract(),
            'query': relations_read() if model.language == 'python' else compiled_code, 'may_stand': may_stand,
        })) ~ "')"
    ).rows[0][0] -%}

    {% if change == 'nothing' %}
        {% call noop_statement('main', 'UNCHANGED') %}{% endcall %}
        {{ return({'relations': [target_relation]}) }}
    {% endif %}

    {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if change == 'everything' or model.language == 'python' %}
        {#- A first table takes its name at once: renaming is a tenth of dbt's own work on a small table. #}
        {% call statement('main', language=model.language) -%}
            {{- create_table_as(False, intermediate if existing else target_relation, compiled_code, model.language) }}
        {%- endcall %}
        {% if existing %}
            {{ drop_relation_if_exists(existing) }}
            {{ adapter.rename_relation(intermediate, target_relation) }}
        {% endif %}
    {% else %}
        {% do run_query('delete from ' ~ this ~ ' where ' ~ known_by ~ " >= date '" ~ change ~ "'") %}
        {% call statement('main') -%}
            insert into {{ this }} by name
            select * from (
                {{ compiled_code }}
            )
            where {{ known_by }} >= date '{{ change }}'
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {% do run_query("select record_table('" ~ table_name ~ "')") %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{# A select of all that a model in Python refers to. #}
{% macro relations_read() %}
    {% set relations = [] %}
    {% for id in model.depends_on.nodes %}
        {% set node = graph.nodes.get(id) or graph.sources[id] %}
        {% do relations.append(node.schema ~ '.' ~ (node.alias or node.identifier)) %}
    {% endfor %}
    {{ return('select 1' ~ (' from ' ~ relations | join(', ') if relations else '')) }}
{% endmacro %}


{# The columns that a contract holds a table to: another type or constraint makes another table. #}
{% macro columns_under_contract() %}
    {% set columns = [] %}
    {% if config.get('contract').enforced %}
        {% for column in model.columns.values() %}
            {% do columns.append([column.name, column.data_type, column.constraints | string]) %}
        {% endfor %}
        {% do columns.append(model.constraints | string) %}
    {% endif %}
    {{ return(columns) }}
{% endmacro %}
