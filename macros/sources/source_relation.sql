{# Where an input table stands: a relation of `source_schema`, else a Parquet or CSV file in `source_path`. #}

{% macro source_contract(table) %}
    {% for node in graph.sources.values() if node.source_name == 'company' and node.name == table %}
        {{ return(node) }}
    {% endfor %}
{% endmacro %}


{# The tables of the contract by name: dbt knows the graph only after parsing, and lineage is drawn while parsing. #}
{% macro source_tables() %}
    {{ return([
        'booked_reserves', 'customer_returns', 'customers', 'fx_rates', 'items', 'journal_postings', 'locations',
        'market_signals', 'opening_stock', 'prices', 'promotions', 'purchase_orders', 'quality_inspections',
        'receipt_cost_adjustments', 'receipts', 'reserve_approvals', 'reserve_overrides', 'sales', 'stock_adjustments',
        'stock_counts', 'stockouts', 'supplier_messages', 'suppliers', 'transfers',
    ]) }}
{% endmacro %}


{# The SQL that yields a table's raw rows, numbered as they came; none where the company has no such table. #}
{% macro source_relation(table) %}
    {% if var('source_schema') %}
        {% set found = run_query(
            "select table_name from information_schema.tables where table_schema = '"
            ~ sql_text(var('source_schema')) ~ "' and table_name = '" ~ table ~ "'"
        ) %}
        {% if found.rows | length %}
            {{ return(
                '(select *, row_number() over () as source_row_number from '
                ~ var('source_schema') ~ '.' ~ table ~ ')'
            ) }}
        {% endif %}
        {{ return(none) }}
    {% endif %}
    {% set path = source_file(table) %}
    {% if path and path.endswith('.parquet') %}
        {{ return(
            "(select * exclude (file_row_number), file_row_number + 1 as source_row_number from read_parquet('"
            ~ sql_text(path) ~ "', file_row_number = true))"
        ) }}
    {% elif path %}
        {{ return(
            "(select *, row_number() over () as source_row_number from read_csv('"
            ~ sql_text(path) ~ "', " ~ csv_options(path) ~ "))"
        ) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}


{# How a CSV file is to be read, as its first line says: Python tells it, since guessing would let one bad row mislead. #}
{% macro csv_options(path) %}
    {{ return(run_query("select source_csv_options('" ~ sql_text(path) ~ "')").rows[0][0]) }}
{% endmacro %}


{% macro source_file(table) %}
    {% for extension in ['parquet', 'csv'] %}
        {% set path = var('source_path') ~ '/' ~ table ~ '.' ~ extension %}
        {% if run_query("select file from glob('" ~ sql_text(path) ~ "')").rows | length %}
            {{ return(path) }}
        {% endif %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}


{# The columns that a table really has: lower-case name to type. #}
{% macro source_columns(table) %}
    {% set columns = {} %}
    {% set relation = source_relation(table) %}
    {% if relation %}
        {% for row in run_query('describe select * from ' ~ relation).rows %}
            {% do columns.update({row[0] | lower: row[1]}) %}
        {% endfor %}
    {% endif %}
    {{ return(columns) }}
{% endmacro %}


{% macro sql_text(text) %}
    {{ return((text | string).replace("'", "''")) }}
{% endmacro %}
