{# The columns of the ledger for one document type: what a document does not know stays null. #}
{% macro movement_columns(given) %}
    {%- set columns = {
        'movement_id': 'string', 'movement_type': 'string', 'document_id': 'string', 'line_no': 'bigint',
        'item_id': 'string', 'location_id': 'string', 'moved_at': 'timestamp', 'known_at': 'timestamp',
        'received_on': 'date', 'quantity_change': 'decimal(18, 4)', 'cost_amount': 'decimal(18, 4)',
        'gross_amount': 'decimal(18, 4)', 'net_amount': 'decimal(18, 4)', 'reason': 'string',
        'customer_id': 'string', 'supplier_id': 'string', 'promotion_id': 'string',
        'linked_movement_id': 'string', 'linked_location_id': 'string', 'source_row_number': 'bigint',
    } -%}
    {%- for name, type in columns.items() %}
        cast({{ given.get(name, 'null') }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
