{#
    Every row of an input table as it came, judged: used, merged (a second delivery of the same fact), set aside (no
    product) or quarantined with the first reason that holds. The select is written by
    `inventory_valuation.sources.judging`, from what the contract says of the table.

    beside   other relations that the table's reasons read
#}
{% macro judged_rows(table, beside=[]) %}
    {%- set names = ['id_cross_reference', 'int_data_window'] + beside -%}
    {%- if table != 'fx_rates' -%}
        {%- do names.extend(['int_reporting_currency', 'int_fx_days']) -%}
    {%- endif -%}
    {%- set relations = {'source': source('company', table) | string, 'amount': row_amount(table)} -%}
    {%- do relations.update({'days_of_a_document': days_of_a_document()}) -%}
    {%- for name in names -%}
        {%- do relations.update({name: ref(name) | string}) -%}
    {%- endfor -%}
    {{ run_query("select judged_rows('" ~ table ~ "', '" ~ sql_text(tojson(relations)) ~ "')").rows[0][0]
        if execute else 'select 1' }}
{% endmacro %}


{#
    The rows of an input table that can be used. Money is in the reporting currency: amounts are exact, what a unit costs
    is rounded and only a reference.

    for_amounts   adds what the amounts of lines are made of: unit values as they came, and the rate
#}
{% macro used_rows(table, for_amounts=false) %}
    {%- if execute -%}
    {%- set contract = source_contract(table) -%}
    select
        {% for column in contract.columns.values() -%}
        {% if column.meta.money and 'currency' in contract.columns -%}
        {{ in_reporting_currency(column.name, 'rate_to_reporting', column.data_type) }} as {{ column.name }},
        {{ column.name ~ ' as ' ~ column.name ~ '_as_delivered,' if for_amounts }}
        {% else -%}
        {{ column.name }},
        {% endif -%}
        {% endfor -%}
        {{ 'rate_to_reporting,' if for_amounts }}
        known_at,
        mends,
        source_row_number
    from {{ ref('base_' ~ table) }}
    where row_status = 'used'
    {%- else -%}
    select * from {{ ref('base_' ~ table) }}
    {%- endif -%}
{% endmacro %}


{# The used rows of an input table with some columns mended; `mended` gives the expression of each. #}
{% macro mended_columns(table, mended, mends) -%}
    {%- if execute -%}
    {%- for column in source_contract(table).columns.values() -%}
    {% if column.name in mended -%}
    cast({{ mended[column.name] }} as {{ column.data_type }}) as {{ column.name }},
    {% else -%}
    {{ column.name }},
    {% endif -%}
    {% endfor -%}
    known_at,
    nullif(concat_ws('; ', mends, {{ mends }}), '') as mends,
    source_row_number
    {%- else -%}
    *
    {%- endif -%}
{%- endmacro %}
