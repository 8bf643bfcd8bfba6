{# Before any work: every var is of its kind, every required table and column is there. One sentence each. #}
{% macro check_inputs() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% do check_vars() %}
        {% for table in source_tables() if not var('source_schema') %}
            {% do check_source_file(table) %}
        {% endfor %}
        {% do check_source_place() %}
        {% for table in source_tables() %}
            {% do check_source_table(table) %}
        {% endfor %}
        {% do check_reporting_currency() %}
        {% do check_pilot_category() %}
        {% do check_cost_pool() %}
    {% endif %}
{% endmacro %}


{% macro check_vars() %}
    {% set choices = {
        'costing_method': ['fifo', 'lifo', 'weighted_average', 'standard'],
        'cost_pool': ['position', 'region', 'item'],
        'accounting_framework': ['us_gaap', 'ifrs'],
        'unit_of_account': ['layer', 'position', 'item', 'category'],
    } %}
    {% for name, allowed in choices.items() if var(name) not in allowed %}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " is '" ~ var(name) ~ "': set it to one of " ~ allowed | join(', ') ~ "."
        ) }}
    {% endfor %}
    {% for name in ['book_without_approval', 'train_on_poor_data', 'interim_recoveries'] if var(name) is not boolean %}
        {{ exceptions.raise_compiler_error("The var " ~ name ~ " is '" ~ var(name) ~ "': set it to true or false.") }}
    {% endfor %}
    {% set horizon = var('horizon_months') %}
    {% if horizon is not integer or horizon < 1 or horizon > 36 %}
        {{ exceptions.raise_compiler_error(
            "The var horizon_months is '" ~ horizon ~ "': set it to a whole number of months from 1 to 36."
        ) }}
    {% endif %}
    {% set first_month = var('fiscal_year_start_month') %}
    {% if first_month is not integer or first_month < 1 or first_month > 12 %}
        {{ exceptions.raise_compiler_error(
            "The var fiscal_year_start_month is '" ~ first_month ~ "': set it to a whole number from 1 to 12."
        ) }}
    {% endif %}
    {% for name in ['as_of_date', 'close_through'] if var(name) %}
        {% set valid = run_query(
            "select coalesce(try_cast('" ~ sql_text(var(name)) ~ "' as date) = last_day(try_cast('" ~ sql_text(var(name))
            ~ "' as date)), false)"
        ).rows[0][0] %}
        {% if not valid %}
            {{ exceptions.raise_compiler_error(
                "The var " ~ name ~ " is '" ~ var(name) ~ "': set it to a month end such as 2026-06-30."
            ) }}
        {% endif %}
    {% endfor %}
    {% if var('unit_of_account') == 'category' and var('accounting_framework') == 'ifrs' %}
        {{ exceptions.raise_compiler_error(
            "The var unit_of_account is 'category', which IAS 2.29 does not allow: "
            ~ "set it to layer, position or item, or set accounting_framework to us_gaap."
        ) }}
    {% elif var('costing_method') == 'lifo' and var('accounting_framework') == 'ifrs' %}
        {{ exceptions.raise_compiler_error(
            "The var costing_method is 'lifo', which IAS 2.25 does not allow: "
            ~ "set it to fifo, weighted_average or standard, or set accounting_framework to us_gaap."
        ) }}
    {% endif %}
{% endmacro %}


{% macro check_source_place() %}
    {% set found = [] %}
    {% for table in source_tables() if source_relation(table) %}
        {% do found.append(table) %}
    {% endfor %}
    {% if not found and var('source_schema') %}
        {{ exceptions.raise_compiler_error(
            "The schema '" ~ var('source_schema') ~ "' of the var source_schema holds none of the input tables: "
            ~ "create them there, or unset the var to read files."
        ) }}
    {% elif not found %}
        {{ exceptions.raise_compiler_error(
            "The source folder '" ~ var('source_path') ~ "' is missing or holds no input table: make the demo company "
            ~ "with `make demo`, or set the var source_path to the folder of your own files."
        ) }}
    {% endif %}
{% endmacro %}


{% macro check_source_file(table) %}
    {% set fault = run_query(
        "select source_file_fault('" ~ sql_text(var('source_path')) ~ "', '" ~ table ~ "')"
    ).rows[0][0] %}
    {% if fault %}
        {{ exceptions.raise_compiler_error(fault) }}
    {% endif %}
{% endmacro %}


{% macro check_source_table(table) %}
    {% set contract = source_contract(table) %}
    {% set place = source_place(table) %}
    {% set present = source_columns(table) %}
    {% if not present and contract.meta.required %}
        {{ exceptions.raise_compiler_error(
            "The required table " ~ table ~ " is absent: put " ~ place ~ " in place, with the columns "
            ~ contract.columns.keys() | join(', ') ~ "."
        ) }}
    {% elif present %}
        {% for column in contract.columns.values() if column.meta.required and column.name not in present %}
            {{ exceptions.raise_compiler_error(
                "The column " ~ column.name ~ " is missing from " ~ place ~ ", and the table " ~ table
                ~ " needs it: add the column, or rename yours to it."
            ) }}
        {% endfor %}
        {% do check_source_values(table, present) %}
    {% endif %}
{% endmacro %}


{# A column of which nothing can be read is of another kind or written in another way: no rows to judge. #}
{% macro check_source_values(table, present) %}
    {% set contract = source_contract(table) %}
    {% set columns = [] %}
    {% set counts = ['count(*)'] %}
    {% for column in contract.columns.values() if column.name in present %}
        {% set read = read_column(column, present) %}
        {% set held = "nullif(trim(cast(\"" ~ column.name ~ "\" as varchar)), '')" %}
        {% set least = 1 if contract.meta.required and column.meta.required else 10 %}
        {% do columns.append(column) %}
        {% do counts.append(
            "case when count(" ~ held ~ ") >= " ~ least ~ " and count(" ~ read ~ ") = 0 then left(min(" ~ held
            ~ "), 40) end"
        ) %}
    {% endfor %}
    {% set found = run_query(
        "select " ~ counts | join(', ') ~ " from (select * from " ~ source_relation(table) ~ " limit 10000)"
    ).rows[0].values() %}
    {% if found[0] == 0 and contract.meta.required %}
        {{ exceptions.raise_compiler_error(
            "The required table " ~ table ~ " has no row in " ~ source_place(table) ~ ": hand over its rows."
        ) }}
    {% endif %}
    {% for column in columns %}
        {% set unreadable = found[loop.index] %}
        {% if unreadable is not none %}
            {{ exceptions.raise_compiler_error(
                "No value of the column " ~ column.name ~ " in " ~ source_place(table) ~ ", of type "
                ~ present[column.name] ~ ", can be read as " ~ column.data_type ~ " (such as '" ~ unreadable
                ~ "'): write dates like 2026-06-30, moments like 2026-06-30 17:45:00 and numbers like 1234.5."
            ) }}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# Rates lead to one currency: another one can't be asked for. #}
{% macro check_reporting_currency() %}
    {% if var('reporting_currency') %}
        {% set unrated = run_query(
            "select distinct upper(currency) from (" ~ source_currencies() ~ ") where upper(currency) not in ("
            ~ rated_currencies() ~ ") order by 1"
        ).columns[0].values() | list %}
        {% if unrated and var('reporting_currency') | upper not in unrated %}
            {{ exceptions.raise_compiler_error(
                "The var reporting_currency is '" ~ var('reporting_currency') ~ "', but the rates of the table fx_rates "
                ~ "lead to " ~ unrated | join(' or ') ~ ": set it so, or leave it out."
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{# A category misspelt would leave every position to the policy. #}
{% macro check_pilot_category() %}
    {% if var('pilot_category') %}
        {% set categories = run_query(
            "select distinct category from (" ~ read_source('items', ['category'])
            ~ ") where category is not null order by category"
        ).columns[0].values() | list %}
        {% if var('pilot_category') not in categories %}
            {{ exceptions.raise_compiler_error(
                "The var pilot_category is '" ~ var('pilot_category') ~ "', a category that no item has: set it to one of "
                ~ categories | join(', ') ~ ", or leave it out."
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Without any region each location would be a pool of its own, unsaid. #}
{% macro check_cost_pool() %}
    {% if var('cost_pool') == 'region' %}
        {% set located = run_query(
            "select count(region) from (" ~ read_source('locations', ['region']) ~ ")"
        ).rows[0][0] %}
        {% if located == 0 %}
            {{ exceptions.raise_compiler_error(
                "The var cost_pool is 'region', but no location has a region: fill the column region of "
                ~ source_place('locations') ~ ", or set the var to position or item."
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Where a table is looked for, in words for a person. #}
{% macro source_place(table) %}
    {% if var('source_schema') %}
        {{ return('the relation ' ~ var('source_schema') ~ '.' ~ table) }}
    {% endif %}
    {{ return('the file ' ~ (source_file(table) or var('source_path') ~ '/' ~ table ~ '.parquet')) }}
{% endmacro %}
