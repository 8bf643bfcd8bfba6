{#
    Costing goes on from checkpoints: a build costs only what was posted after the last month end up to which an
    item's ledger is as it was. `int_costing_starts` says where each item continues; every table of costs drops what
    lies behind that and appends it anew. What a later model of the same build writes is looked up by name: a
    reference would go in a circle.
#}
{% macro stored_costing(name) %}
    {% if execute and not flags.FULL_REFRESH %}
        {{ return(adapter.get_relation(database=this.database, schema=this.schema, identifier=name)) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}


{# What a build goes on from and appends to. #}
{% macro continued_tables() %}
    {{ return(['int_costed_movements', 'inventory_costs', 'cost_layers', 'inventory_ageing']) }}
{% endmacro %}


{# Month ends that costing may go on from, now by stored checkpoints, or in the next build by those of this one. #}
{% macro continuable_dates() %}
    {% set dates, sources = [], [load_relation(ref('int_state_dates')), stored_costing('int_costing_checkpoints')] %}
    {% for source in sources if execute and source %}
        {% do dates.extend(run_query('select distinct state_date from ' ~ source).columns[0].values()) %}
    {% endfor %}
    {{ return(dates | unique | sort) }}
{% endmacro %}


{# The compiled code of costing takes a second to load: it does so beside the checks of the input. #}
{% macro load_costing_code() %}
    {% if execute and 'model.' ~ project_name ~ '.int_newly_costed' in selected_resources %}
        {% do run_query('select load_costing_code()') %}
    {% endif %}
{% endmacro %}


{# What costs rest on besides the ledger: code and settings. Another version, and all is costed anew. #}
{% macro costing_version() %}
    {% set parts = [var('costing_method'), var('cost_pool')] %}
    {% if execute %}
        {% do parts.append(run_query('select costing_code_version()').rows[0][0]) %}
        {% for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | selectattr('schema', 'equalto', this.schema) | sort(attribute='unique_id') %}
            {% do parts.append(node.checksum.checksum) %}
        {% endfor %}
    {% endif %}
    {{ return(local_md5(parts | join('/'))) }}
{% endmacro %}


{# The day that all items continue after, and whether there is one such day: then scans can stop there. #}
{% macro common_start() %}
    {% set starts = stored_costing('int_costing_starts') %}
    {% if starts %}
        {{ return(run_query(
            'select case when count(distinct continues_after) = 1 and count(*) = count(continues_after)'
            ~ ' then max(continues_after) end from ' ~ starts
        ).rows[0][0]) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}


{# Whether all items start from nothing. #}
{% macro starts_anew() %}
    {% set starts = stored_costing('int_costing_starts') %}
    {{ return(not starts or run_query('select count(continues_after) from ' ~ starts).rows[0][0] == 0) }}
{% endmacro %}


{#
    From a relation, the rows whose day lies behind the start of their item. Where all items start on one day, which is the
    rule, no join is made: it would cost more than what is new.
#}
{% macro from_behind_start(relation, name, day) -%}
    {%- set starts, common = ref('int_costing_starts'), common_start() -%}
    from {{ relation }} as {{ name }}
    {%- if common %}
    where {{ name }}.{{ day }} > cast('{{ common }}' as date)
    {%- elif not starts_anew() %}
    inner join {{ starts }} as starts on {{ name }}.item_id = starts.item_id
    where (starts.continues_after is null or {{ name }}.{{ day }} > starts.continues_after)
    {%- endif %}
{%- endmacro %}


{#
    A hook before rows are appended: drop those that lie behind their item's start. A table that holds earlier rows too
    can't be made from the new ones alone.
#}
{% macro drop_reopened_rows(day) %}
    {% if is_incremental() %}
        {% set common = common_start() %}
        delete from {{ this }}
        where {% if common -%}
            {{ day }} > cast('{{ common }}' as date)
        {%- else -%}
            not exists (
                select 1 from {{ stored_costing('int_costing_starts') }} as starts
                where starts.item_id = {{ this.identifier }}.item_id and starts.continues_after >= {{ this.identifier }}.{{ day }}
            )
        {%- endif %}
    {% elif execute and run_query(
        'select count(continues_after) from ' ~ this.include(identifier=false) ~ '.int_costing_starts'
    ).rows[0][0] > 0 %}
        {{ exceptions.raise_compiler_error(
            this.name ~ " is to be made anew, but costing went on from a checkpoint: run with "
            ~ "--full-refresh --select int_costing_starts+"
        ) }}
    {% endif %}
{% endmacro %}


{#
    A hook after starts are known: what is costed anew is no checkpoint any more. Where all is, as after an upgrade, the
    tables go: made anew they are written faster, and may have other columns.
#}
{% macro void_reopened_checkpoints() %}
    {% if execute and run_query('select count(continues_after) from ' ~ this).rows[0][0] == 0 %}
        {% for name in continued_tables() + ['int_costing_states'] if stored_costing(name) %}
            {% do adapter.drop_relation(stored_costing(name)) %}
        {% endfor %}
    {% endif %}
    {% set checkpoints = stored_costing('int_costing_checkpoints') %}
    {% if checkpoints %}
        delete from {{ checkpoints }} as checkpoints
        where not exists (
            select 1 from {{ this }} as starts
            where starts.item_id = checkpoints.item_id and starts.continues_after >= checkpoints.state_date
        )
    {% endif %}
{% endmacro %}


{# A hook before states are appended: those of month ends that no checkpoint holds any more are of no use. #}
{% macro drop_unused_states() %}
    {% set checkpoints = stored_costing('int_costing_checkpoints') %}
    {% if is_incremental() and checkpoints %}
        delete from {{ this }} where state_date not in (select state_date from {{ checkpoints }})
    {% endif %}
{% endmacro %}
