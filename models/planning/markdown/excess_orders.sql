-- Of a line that can't be cancelled only the holding cost is saved, by taking it later.
with purchase_excess as (
    select * from {{ ref('int_purchase_excess') }}
    where lot_kind = 'open order' and excess_quantity > 0
),

open_lines as (
    select open_order_lines.*
    from {{ ref('open_order_lines') }} as open_order_lines
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on open_order_lines.valuation_date = valuation_dates.valuation_date and valuation_dates.is_latest
    where not open_order_lines.is_closed
),

stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

excess_orders as (
    select
        open_lines.po_id,
        open_lines.line_no,
        open_lines.ordered_on,
        open_lines.valuation_date,
        open_lines.item_id,
        open_lines.location_id,
        open_lines.supplier_id,
        open_lines.due_on,
        open_lines.is_cancellable,
        case when open_lines.is_cancellable is false then 'postpone order' else 'cancel order' end as action,
        cast(open_lines.unit_cost as {{ unit_value_type() }}) as unit_cost,
        cast(open_lines.open_quantity as {{ quantity_type() }}) as open_quantity,
        stock_positions.quantity as on_hand_quantity,
        stock_positions.expected_demand_quantity,
        {{ rounded_quantity('purchase_excess.excess_quantity') }} as excess_quantity,
        {{ share_of_quantity(
            'open_lines.order_amount', rounded_quantity('purchase_excess.excess_quantity'), 'open_lines.quantity'
        ) }} as excess_value,
        {{ rounded_total(
            'case when open_lines.is_cancellable is false then purchase_excess.excess_holding_amount'
            ~ ' else purchase_excess.expected_loss_amount end'
        ) }} as saved_amount
    from purchase_excess
    inner join open_lines on purchase_excess.order_line_number = open_lines.order_line_number
    inner join stock_positions
        on open_lines.item_id = stock_positions.item_id and open_lines.location_id = stock_positions.location_id
)

select * from excess_orders
