{#
    Closed periods are remembered by tables that only grow (models/books/closing). A build reads what earlier builds
    left there; a reference would be a circle, so they are looked up by name. What counts is what the register
    `period_closings`, written last, vouches for: a build that was killed in between has closed nothing.
#}
{% macro remembered_rows(table) %}
    {%- if not execute -%}
    select 1
    {%- else -%}
    {%- set rows = remembered_relation(table) -%}
    {%- set register = remembered_relation('period_closings') -%}
    {%- set present = adapter.get_columns_in_relation(rows) | map(attribute='name') | list if rows and register else [] -%}
    select
        {%- for column in closing_table(table).columns.values() %}
        {#- A table of an earlier version of the project may lack a column. #}
        {{ 'closed.' ~ column.name if column.name in present else 'cast(null as ' ~ column.data_type ~ ')' }}
            as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if rows and register %}
    from {{ rows }} as closed
    {%- if table != 'period_closings' %}
    inner join (select distinct set_of_books, period_end from {{ register }}) as register
        on closed.set_of_books = register.set_of_books and closed.period_end = register.period_end
    {%- endif %}
    {%- else %}
    where false
    {%- endif -%}
    {%- endif -%}
{% endmacro %}


{# What this company's closed periods hold, up to the date of the build. #}
{% macro closed_rows(table) %}
    {%- set books = ref('int_set_of_books') -%}
    {%- if not execute -%}
    select 1
    {%- else -%}
    select
        {%- for column in closing_table(table).columns if column != 'set_of_books' %}
        closed_rows.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ({{ remembered_rows(table) }}) as closed_rows
    inner join {{ books }} as books
        on closed_rows.set_of_books = books.set_of_books and closed_rows.period_end <= books.closed_through
    {%- endif -%}
{% endmacro %}


{# The rows of a relation that belong to the periods that this build closes. #}
{% macro newly_closed(table) %}
    {%- set rows = ref(table) -%}
    {%- set periods = ref('int_period_states') -%}
    select
        periods.set_of_books
        {%- for column in (closing_table(model.name).columns if execute else []) if column != 'set_of_books' %},
        {{ 'closing_rows' if column != 'period_end' else 'periods' }}.{{ column }}
        {%- endfor %}
    from {{ rows }} as closing_rows
    inner join {{ periods }} as periods on closing_rows.period_end = periods.period_end
    where periods.period_state = 'closing'
{% endmacro %}


{% macro remembered_relation(table) %}
    {{ return(adapter.get_relation(database=target.database, schema='books', identifier=table)) }}
{% endmacro %}


{% macro closing_table(table) %}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ table]) }}
{% endmacro %}


{# The tables that remember closed periods. #}
{% macro closing_nodes() %}
    {% set nodes = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and 'closing' in node.fqn %}
        {% do nodes.append(node) %}
    {% endfor %}
    {{ return(nodes) }}
{% endmacro %}


{# Before a table grows: what a killed build left there is taken out again. #}
{% macro forget_unregistered() %}
    {%- set rows = remembered_relation(this.identifier) if execute -%}
    {%- if rows and this.identifier != 'period_closings' -%}
    {%- set register = remembered_relation('period_closings') -%}
    delete from {{ rows }}
    {%- if register %}
    where not exists (
        select 1 from {{ register }} as register
        where register.set_of_books = {{ rows }}.set_of_books and register.period_end = {{ rows }}.period_end
    )
    {%- endif -%}
    {%- endif -%}
{% endmacro %}


{# A build file without closed periods takes over those of the file of memories: a lost build file loses no books. #}
{% macro take_over_closed_periods() %}
    {% if execute and flags.WHICH in ['build', 'run'] and not remembered_relation('period_closings') %}
        {% do take_over('books', closing_nodes() | map(attribute='alias') | list) %}
    {% endif %}
{% endmacro %}


{#
    Which periods are closed is told by int_set_of_books at the start of the books. A build of a part that left it out
    would go by the last build's, and close once more what that one closed.
#}
{% macro check_books_selection() %}
    {% if execute and flags.WHICH in ['build', 'run'] and remembered_relation('period_closings') %}
        {% set start = 'model.' ~ project_name ~ '.int_set_of_books' %}
        {% for node in closing_nodes() %}
            {% if node.unique_id in selected_resources and start not in selected_resources %}
                {% do exceptions.raise_compiler_error(
                    'The selection holds ' ~ node.name ~ ', which closes periods, without int_set_of_books, which says '
                    ~ 'which are closed: add int_set_of_books+ to it, or leave the books out (--exclude books+).'
                ) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{# The vars that figures depend on. #}
{% macro policy_vars() %}
    {{ return([
        'as_of_date', 'horizon_months', 'costing_method', 'cost_pool', 'unit_of_account', 'reporting_currency',
        'pilot_category', 'interim_recoveries', 'fiscal_year_start_month', 'book_without_approval', 'train_on_poor_data',
        'renew_proposals',
    ]) }}
{% endmacro %}
