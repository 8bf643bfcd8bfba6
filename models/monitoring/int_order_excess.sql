-- Open order lines against what will be asked for: stock on hand and the orders due before come first, so that what is
-- due last is in excess first. What has been received of a line is not open any more.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

order_lines as (
    select
        orders.po_id,
        orders.line_no,
        orders.item_id,
        orders.location_id,
        orders.supplier_id,
        orders.ordered_on,
        coalesce(orders.promised_on, orders.ordered_on) as due_on,
        orders.quantity,
        orders.unit_cost,
        orders.order_amount,
        orders.is_cancellable,
        valuation_dates.valuation_date,
        sum(orders.quantity) over (
            partition by orders.po_id, orders.item_id, orders.location_id
            order by orders.line_no nulls last
            rows between unbounded preceding and current row
        ) as ordered_quantity
    from {{ ref('stg_purchase_orders') }} as orders
    cross join valuation_dates
    where
        orders.ordered_on <= valuation_dates.valuation_date
        and coalesce(orders.status, 'open') not in ('closed', 'cancelled')
        and cast(coalesce(orders.promised_on, orders.ordered_on) + 180 as date) >= valuation_dates.valuation_date
),

received as (
    select
        receipts.po_id,
        receipts.item_id,
        receipts.location_id,
        sum(receipts.quantity) as received_quantity
    from {{ ref('stg_receipts') }} as receipts
    cross join valuation_dates
    where receipts.po_id is not null and cast(receipts.known_at as date) <= valuation_dates.valuation_date
    group by receipts.po_id, receipts.item_id, receipts.location_id
),

open_lines as (
    select
        order_lines.*,
        least(
            order_lines.quantity,
            greatest(order_lines.ordered_quantity - coalesce(received.received_quantity, 0), 0)
        ) as open_quantity
    from order_lines
    left join received
        on
            order_lines.po_id = received.po_id
            and order_lines.item_id = received.item_id
            and order_lines.location_id = received.location_id
),

supplied as (
    select
        open_lines.*,
        coalesce(on_hand.quantity, 0) as on_hand_quantity,
        sum(open_lines.open_quantity) over (
            partition by open_lines.item_id, open_lines.location_id
            order by open_lines.due_on nulls last, open_lines.po_id nulls last, open_lines.line_no nulls last
            rows between unbounded preceding and current row
        ) as due_quantity,
        predictions.expected_demand_quantity
    from open_lines
    left join {{ ref('on_hand') }} as on_hand
        on
            open_lines.item_id = on_hand.item_id
            and open_lines.location_id = on_hand.location_id
            and open_lines.valuation_date = on_hand.valuation_date
    left join {{ ref('predictions') }} as predictions
        on
            open_lines.item_id = predictions.item_id
            and open_lines.location_id = predictions.location_id
            and open_lines.valuation_date = predictions.valuation_date
    where open_lines.open_quantity > 0
),

order_excess as (
    select
        po_id,
        line_no,
        item_id,
        location_id,
        supplier_id,
        valuation_date,
        ordered_on,
        due_on,
        is_cancellable,
        unit_cost,
        order_amount,
        quantity as line_quantity,
        cast(open_quantity as {{ quantity_type() }}) as open_quantity,
        cast(on_hand_quantity as {{ quantity_type() }}) as on_hand_quantity,
        expected_demand_quantity,
        cast(least(
            open_quantity,
            greatest(on_hand_quantity + due_quantity - expected_demand_quantity, 0)
        ) as {{ quantity_type() }}) as excess_quantity
    from supplied
),

order_values as (
    select
        *,
        {{ share_of_quantity('order_amount', 'excess_quantity', 'line_quantity') }} as excess_value
    from order_excess
)

select * from order_values
