{# The tables of the contract by name: dbt knows its graph only after parsing, and lineage is drawn while parsing. #}
{% macro source_tables() %}
    {{ return([
        'approvers', 'booked_reserves', 'customer_returns', 'customers', 'fx_rates', 'items', 'journal_postings', 'locations',
        'market_signals', 'opening_stock', 'prices', 'promotions', 'purchase_orders', 'quality_inspections',
        'receipt_cost_adjustments', 'receipts', 'reserve_approvals', 'reserve_overrides', 'sales', 'stock_adjustments',
        'stock_counts', 'stockouts', 'supplier_messages', 'suppliers', 'transfers',
    ]) }}
{% endmacro %}


{# How far apart two rows under one number may lie and still be one document. #}
{% macro days_of_a_document() %}92{% endmacro %}


{# What the contract says of a table; while dbt parses, and in unit tests, nothing. #}
{% macro source_contract(table) %}
    {% for node in (graph.sources or {}).values() if node.source_name == 'company' and node.name == table %}
        {{ return(node) }}
    {% endfor %}
    {{ return({'columns': {}, 'meta': {}}) }}
{% endmacro %}


{# What names a row in lists for people: its key and its number. #}
{% macro row_key(table) -%}
    concat_ws('/', {% for column in source_contract(table).meta.key -%}
    cast({{ column }} as string), {% endfor -%}
    'row ' || source_row_number)
{%- endmacro %}


{#
    What a row is worth when tables are reconciled, in the row's currency, by the contract's `amount`:
    `quantity * unit_price - discount_amount`, `refund_amount` or nothing; null where that would be beyond all numbers.
#}
{% macro row_amount(table) %}
    {%- set words = (source_contract(table).meta.amount or 'null').split(' ') -%}
    {%- set amount = line_amount(words[0], words[2]) if words[1:2] == ['*'] else words[0] -%}
    {%- set further = words[3:] if words[1:2] == ['*'] else words[1:] -%}
    {%- set size = 'cast(' ~ words[0] ~ ' as double)' ~ (' * ' ~ words[2] if words[1:2] == ['*'] else '') -%}
    case
        when abs({{ size }}) <= 10000000000000
            then cast({{ amount }}{{ ' ' ~ further[0] ~ ' coalesce(' ~ further[1] ~ ', 0)' if further }} as {{ money_type() }})
    end
{%- endmacro %}


{# What rounding took from a line's amount. #}
{% macro row_amount_cut(table) %}
    {%- set words = (source_contract(table).meta.amount or 'null').split(' ') -%}
    {%- if words[1:2] == ['*'] -%}
    case
        when abs({{ words[2] }}) < 1000000 and abs(cast({{ words[0] }} as double) * {{ words[2] }}) <= 10000000000000
            then cast(
                cast({{ words[0] }} as {{ quantity_type() }}) * cast({{ words[2] }} as decimal(19, 10))
                - {{ line_amount(words[0], words[2]) }} as double
            )
        else 0
    end
    {%- else -%}
    0
    {%- endif -%}
{%- endmacro %}
