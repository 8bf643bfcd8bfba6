{# The columns of the ledger for one document type: what a document does not know stays null. A line is one part. #}
{% macro movement_columns(given) %}
    {%- set columns = {
        'movement_id': 'string', 'movement_type': 'string', 'document_id': 'string', 'line_no': 'bigint',
        'item_id': 'string', 'location_id': 'string', 'moved_at': 'timestamp', 'known_at': 'timestamp',
        'received_on': 'date', 'quantity_change': quantity_type(), 'cost_amount': money_type(),
        'gross_amount': money_type(), 'net_amount': money_type(), 'reason': 'string',
        'customer_id': 'string', 'supplier_id': 'string', 'promotion_id': 'string',
        'linked_movement_id': 'string', 'linked_location_id': 'string', 'source_row_number': 'bigint',
        'part_number': 'bigint',
    } -%}
    {%- for name, type in columns.items() %}
        cast({{ given.get(name, '1' if name == 'part_number' else 'null') }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#
    When a fact enters the ledger. One known only after its month has ended never changes that month: it is posted at the
    start of the month in which it became known.
#}
{% macro posted_at(known_at, moved_at) -%}
    case
        when date_trunc('month', {{ known_at }}) > date_trunc('month', {{ moved_at }})
            then cast(date_trunc('month', {{ known_at }}) as timestamp)
        else {{ moved_at }}
    end
{%- endmacro %}
