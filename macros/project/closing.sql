{#
    Before any work: closed periods are read from the folders in which they were sealed (inventory_valuation/books/
    sealed.py) and laid out as the source `sealed`, or what is wrong with them is said, a sentence each.
#}
{% macro lay_out_closed_periods() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% set tables = {} %}
        {% for table in graph.sources.values() | selectattr('source_name', 'equalto', 'sealed') %}
            {% set columns = {} %}
            {% for column in table.columns.values() %}
                {% do columns.update({column.name: column.data_type}) %}
            {% endfor %}
            {% do tables.update({table.name: columns}) %}
        {% endfor %}
        {% set faults = run_query(
            "select lay_out_closed_periods(" ~ source_name() ~ ", '" ~ sql_text(tojson(tables)) ~ "')"
        ).rows[0][0] %}
        {% if faults %}
            {{ exceptions.raise_compiler_error(faults) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{# A query of one row: the last closed period, null where none is closed. #}
{% macro last_closed_period() -%}
    select max(period_end) as closed_through from {{ source('sealed', 'closings') }}
{%- endmacro %}
