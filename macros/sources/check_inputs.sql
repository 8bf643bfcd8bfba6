{#
    Before any work: the input tables are found, read and laid out in the schema `source_rows`, or everything that is
    wrong with vars, seeds and files is said at once, a sentence each.
#}
{% macro check_inputs() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% set variables = {} %}
        {% for name in [
            'accounting_framework', 'as_of_date', 'book_without_approval', 'cost_pool', 'costing_method',
            'day_or_month_first', 'decimal_separator', 'fiscal_year_start_month', 'horizon_months', 'interim_recoveries',
            'nothing_since_last_movement', 'pilot_category', 'reporting_currency', 'source_path', 'source_schema',
            'scale_is_right', 'train_on_poor_data', 'unit_of_account', 'zero_cost_means',
        ] %}
            {# A day that --vars gives without quotes comes as a date. #}
            {% set value = var(name) %}
            {% do variables.update({name: value if value is none or value is boolean or value is number else value | string}) %}
        {% endfor %}
        {% set policies = {} %}
        {% for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed') %}
            {% do policies.update({node.name: node.root_path ~ '/' ~ node.original_file_path}) %}
        {% endfor %}
        {% set faults = run_query(
            "select prepare_sources('" ~ sql_text(tojson(variables)) ~ "', '" ~ sql_text(tojson(policies)) ~ "')"
        ).rows[0][0] %}
        {% if faults %}
            {{ exceptions.raise_compiler_error(faults) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{% macro sql_text(text) %}
    {{ return((text | string).replace("'", "''")) }}
{% endmacro %}
