{# Of each input table: what names a row, where it belongs, when it happened and what it stands against. #}
{%- set outside = {
    'sales': {'document': 'order_id', 'line': 'line_no', 'moment': 'sold_at'},
    'receipts': {'document': 'receipt_id', 'line': 'line_no', 'moment': 'received_at'},
    'customer_returns': {'document': 'return_id', 'line': 'line_no', 'moment': 'returned_at'},
    'purchase_orders': {'document': 'po_id', 'line': 'line_no', 'moment': 'ordered_on'},
    'opening_stock': {'document': "'opening'", 'moment': 'as_of'},
    'stock_adjustments': {'document': 'adjustment_id', 'moment': 'adjusted_at'},
    'stock_counts': {'document': 'count_id', 'moment': 'counted_at', 'amount': none},
    'transfers': {'document': 'transfer_id', 'moment': 'shipped_at', 'location': 'from_location_id', 'amount': none},
} -%}
{%- set reasons = {
    'before the first day of the data': 'dated before the data',
    'after the last day of the data': 'dated after the data',
} -%}
with data_window as (
    select * from {{ ref('int_data_window') }}
),

outside as (
    {% for table, names in outside.items() -%}
    select
        case base.row_reason
            {% for reason, kind in reasons.items() -%}
            when '{{ reason }}' then '{{ kind }}'
            {% endfor -%}
        end as kind,
        '{{ table }}/' || base.source_row_number as fact_id,
        {{ names.document }} as document_id,
        cast({{ names.line or 'null' }} as bigint) as line_no,
        base.item_id,
        base.{{ names.location or 'location_id' }} as location_id,
        cast(base.{{ names.moment }} as timestamp) as happened_at,
        cast(
            case base.row_reason
                when 'before the first day of the data' then data_window.first_day
                else data_window.last_day
            end as timestamp
        ) as compared_at,
        base.quantity,
        {% if 'amount' in names -%}
        cast(null as {{ money_type() }}) as amount
        {%- else -%}
        {{ in_reporting_currency('base.amount', 'coalesce(base.rate_to_reporting, 1)', money_type()) }} as amount
        {%- endif %}
    from {{ ref('base_' ~ table) }} as base
    cross join data_window
    where
        base.row_status = 'quarantined'
        and base.row_reason in ('{{ reasons | join("', '") }}')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

dates_out_of_order as (
    select * from outside
    union all
    select
        'received before shipped' as kind,
        'transfers/' || source_row_number as fact_id,
        transfer_id as document_id,
        null as line_no,
        item_id,
        to_location_id as location_id,
        received_at as happened_at,
        shipped_at as compared_at,
        quantity,
        null as amount
    from {{ ref('base_transfers') }}
    where row_status = 'quarantined' and row_reason = 'received before it was shipped'
)

select * from dates_out_of_order
