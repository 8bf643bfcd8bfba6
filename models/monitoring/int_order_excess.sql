-- Open order lines against what will be asked for: stock on hand and the orders due before come first, so that what is
-- due last is in excess first. What has been received of a line is not open any more.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

open_lines as (
    select open_order_lines.*
    from {{ ref('open_order_lines') }} as open_order_lines
    inner join valuation_dates on open_order_lines.valuation_date = valuation_dates.valuation_date
    where not open_order_lines.is_closed
),

supplied as (
    select
        open_lines.*,
        coalesce(on_hand.quantity, 0) as on_hand_quantity,
        sum(open_lines.open_quantity) over (
            partition by open_lines.item_id, open_lines.location_id
            order by
                open_lines.due_on nulls last, open_lines.po_id nulls last, open_lines.line_no nulls last,
                open_lines.order_line_number nulls last
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
