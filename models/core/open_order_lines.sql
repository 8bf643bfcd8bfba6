-- What is still to come of an order line: its units less what was received on the order, first lines first.
with purchase_orders as (
    select * from {{ ref('purchase_orders') }}
),

stg_receipts as (
    select * from {{ ref('stg_receipts') }}
    where po_id is not null
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

first_dates as (
    select * from {{ ref('int_first_dates') }}
),

received as (
    select
        stg_receipts.po_id,
        stg_receipts.item_id,
        stg_receipts.location_id,
        first_dates.valuation_date,
        sum(stg_receipts.quantity) as quantity
    from stg_receipts
    inner join first_dates on cast(stg_receipts.known_at as date) = first_dates.day
    group by stg_receipts.po_id, stg_receipts.item_id, stg_receipts.location_id, first_dates.valuation_date
),

received_spans as (
    select
        po_id,
        item_id,
        location_id,
        valuation_date,
        sum(quantity) over history as received_quantity,
        -- Not null: a join with more than comparisons in it looks at every pair of rows.
        coalesce(lead(valuation_date) over history, cast('9999-12-31' as date)) as next_date
    from received
    window history as (partition by po_id, item_id, location_id order by valuation_date nulls last)
),

lines_at_dates as (
    select
        purchase_orders.*,
        valuation_dates.valuation_date,
        sum(purchase_orders.quantity) over (
            partition by
                purchase_orders.po_id, purchase_orders.item_id, purchase_orders.location_id,
                valuation_dates.valuation_date
            order by purchase_orders.line_no nulls last, purchase_orders.order_line_number nulls last
            rows between unbounded preceding and current row
        ) as ordered_quantity
    from purchase_orders
    inner join valuation_dates on purchase_orders.known_on <= valuation_dates.valuation_date
),

balances as (
    select
        lines_at_dates.*,
        cast(least(
            lines_at_dates.quantity,
            greatest(lines_at_dates.ordered_quantity - coalesce(received_spans.received_quantity, 0), 0)
        ) as {{ quantity_type() }}) as open_quantity
    from lines_at_dates
    left join received_spans
        on
            lines_at_dates.po_id = received_spans.po_id
            and lines_at_dates.item_id = received_spans.item_id
            and lines_at_dates.location_id = received_spans.location_id
            and lines_at_dates.valuation_date >= received_spans.valuation_date
            and lines_at_dates.valuation_date < received_spans.next_date
    where lines_at_dates.dead_after >= lines_at_dates.valuation_date
),

open_order_lines as (
    select
        order_line_number,
        valuation_date,
        po_id,
        line_no,
        item_id,
        location_id,
        supplier_id,
        ordered_on,
        due_on,
        quantity,
        unit_cost,
        order_amount,
        is_cancellable,
        is_firm,
        is_closed,
        open_quantity,
        {{ share_of_quantity('order_amount', 'open_quantity', 'quantity') }} as open_amount
    from balances
    where open_quantity > 0
)

select * from open_order_lines
