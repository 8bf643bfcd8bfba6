{#
    Every row of an input table as it came, judged: used, merged (a second delivery of the same fact), set aside (no
    product) or quarantined with the first reason that holds. `inventory_valuation.sources.judging` writes the select from
    what the contract says of the table. It stands between dollar signs, as a text of its own that a library test lints.
#}
{% macro judged_rows(table) %}
    {%- set relations = {
        'source': source('company', table) | string, 'amount': row_amount(table), 'row_key': row_key(table),
        'days_of_a_document': days_of_a_document(),
    } -%}
    {%- for name in relations_beside(table) -%}
        {%- do relations.update({name: ref(name) | string}) -%}
    {%- endfor -%}
    query($$
{{ run_query("select judged_rows('" ~ table ~ "', '" ~ sql_text(tojson(relations)) ~ "')").rows[0][0] if execute }}
$$)
{% endmacro %}


{# What is read to judge the rows of a table, besides the rows. #}
{% macro relations_beside(table) %}
    {% set names = ['id_cross_reference', 'int_data_window'] %}
    {% do names.extend(['int_reporting_currency', 'int_fx_days'] if table != 'fx_rates' else []) %}
    {% set moving = ['customer_returns', 'receipts', 'sales', 'stock_adjustments', 'transfers'] %}
    {% do names.extend(['int_opening_days'] if table in moving else []) %}
    {% do names.extend(['int_first_prices'] if table == 'sales' else []) %}
    {% do names.extend(['stg_receipts'] if table == 'receipt_cost_adjustments' else []) %}
    {{ return(names) }}
{% endmacro %}


{#
    The rows of an input table that can be used: its columns by the contract, with ids in the master's spelling and
    money in the reporting currency. Amounts are exact; what a unit costs is rounded and only a reference, so that where
    it makes the amount of a line it comes as delivered too, with the rate.
#}
{% macro used_rows(table) %}
    {%- set contract = source_contract(table) -%}
    {%- set amount = (contract.meta.amount or '').split(' ') -%}
    select
        {% for column in contract.columns.values() -%}
        {% if column.meta.money and 'currency' in contract.columns -%}
        {{ in_reporting_currency(column.name, 'rate_to_reporting', column.data_type) }} as {{ column.name }},
        {% else -%}
        {{ column.name }},
        {% endif -%}
        {% endfor -%}
        {% if amount[1:2] == ['*'] -%}
        {{ amount[2] }} as {{ amount[2] }}_as_delivered,
        rate_to_reporting,
        {% endif -%}
        delivered_amount,
        known_at,
        mends,
        source_row_number
    from {{ judged_rows(table) }} as judged
    where row_status = 'used'
{% endmacro %}


{# All other rows of an input table, with the columns that tables have in common and the whole row as it came. #}
{% macro unused_rows(table) %}
    {%- set contract = source_contract(table) -%}
    {%- set types = {
        'line_no': 'bigint', 'item_id': 'string', 'location_id': 'string', 'from_location_id': 'string',
        'to_location_id': 'string', 'received_at': 'timestamp', 'quantity': quantity_type(),
        'rate_to_reporting': 'decimal(28, 15)',
    } -%}
    {%- set has = contract.columns.keys() | list + (['rate_to_reporting'] if 'currency' in contract.columns else []) -%}
    select
        '{{ table }}' as table_name,
        judged.row_key,
        judged.row_status,
        judged.row_reason,
        {{ 'cast(judged.' ~ contract.meta.key[0] ~ ' as string)' if execute else 'null' }} as first_key,
        cast({{ 'judged.' ~ contract.meta.happened if contract.meta.happened else 'null' }} as timestamp) as happened_at,
        {% for column, type in types.items() -%}
        cast({{ 'judged.' ~ column if column in has else 'null' }} as {{ type }}) as {{ column }},
        {% endfor -%}
        judged.delivered_amount,
        judged.source_row_number,
        cast(to_json(delivered) as string) as source_row
    from {{ judged_rows(table) }} as judged
    inner join {{ source('company', table).replace_path(identifier=table ~ '_as_delivered') }} as delivered
        on judged.source_row_number = delivered.source_row_number
    where judged.row_status <> 'used'
{% endmacro %}
