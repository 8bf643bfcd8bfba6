-- What staging could not use for its date.
with unused_rows as (
    select
        *,
        case row_reason
            when 'before the first day of the data' then 'dated before the data'
            when 'after the last day of the data' then 'dated after the data'
            when 'received before it was shipped' then 'received before shipped'
        end as kind
    from {{ ref('int_unused_rows') }}
    where row_status = 'quarantined'
),

data_window as (
    select * from {{ ref('int_data_window') }}
),

dates_out_of_order as (
    select
        unused_rows.kind,
        unused_rows.table_name || '/' || unused_rows.source_row_number as fact_id,
        case when unused_rows.table_name = 'opening_stock' then 'opening' else unused_rows.first_key end as document_id,
        unused_rows.line_no,
        unused_rows.item_id,
        case
            when unused_rows.kind = 'received before shipped' then unused_rows.to_location_id
            else coalesce(unused_rows.location_id, unused_rows.from_location_id)
        end as location_id,
        case
            when unused_rows.kind = 'received before shipped' then unused_rows.received_at
            else unused_rows.happened_at
        end as happened_at,
        case unused_rows.kind
            when 'received before shipped' then unused_rows.happened_at
            when 'dated before the data' then cast(data_window.first_day as timestamp)
            else cast(data_window.last_day as timestamp)
        end as compared_at,
        unused_rows.quantity,
        case
            when unused_rows.table_name not in ('stock_counts', 'transfers')
                then {{ in_reporting_currency(
                    'unused_rows.delivered_amount', 'coalesce(unused_rows.rate_to_reporting, 1)', money_type()
                ) }}
        end as amount
    from unused_rows
    cross join data_window
    where
        unused_rows.kind = 'received before shipped'
        or (
            unused_rows.kind is not null
            and unused_rows.table_name in (
                'sales', 'receipts', 'customer_returns', 'purchase_orders', 'opening_stock', 'stock_adjustments',
                'stock_counts', 'transfers'
            )
        )
)

select * from dates_out_of_order
