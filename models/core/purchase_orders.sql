-- What an order line binds the company to. It is firm where it says that it can't be cancelled, and dead once it is
-- long overdue. Its status has no date: it tells of the day of the delivery only.
with stg_purchase_orders as (
    select * from {{ ref('stg_purchase_orders') }}
),

purchase_orders as (
    select
        source_row_number as order_line_number,
        po_id,
        line_no,
        item_id,
        location_id,
        supplier_id,
        cast(known_at as date) as known_on,
        ordered_on,
        coalesce(promised_on, ordered_on) as due_on,
        cast(
            coalesce(promised_on, ordered_on) + cast({{ policy_constant('dead_order_days') }} as integer) as date
        ) as dead_after,
        quantity,
        unit_cost,
        order_amount,
        is_cancellable,
        coalesce(not is_cancellable, false) as is_firm,
        coalesce(status, 'open') in ('closed', 'cancelled') as is_closed
    from stg_purchase_orders
)

select * from purchase_orders
