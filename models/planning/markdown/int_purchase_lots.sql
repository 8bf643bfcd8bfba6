-- Orders that are due later come after stock and after what is due before them. A usual order comes last of all; where
-- nothing came for two months nobody is about to order, and one order, such as that of a launch, is no habit.
with stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

open_lines as (
    select open_order_lines.*
    from {{ ref('open_order_lines') }} as open_order_lines
    inner join valuation_dates on open_order_lines.valuation_date = valuation_dates.valuation_date
    where not open_order_lines.is_closed
),

lines_in_order as (
    select
        order_line_number,
        item_id,
        location_id,
        open_quantity,
        unit_cost,
        sum(open_quantity) over (
            partition by item_id, location_id
            order by due_on nulls last, po_id nulls last, line_no nulls last, order_line_number nulls last
            rows between unbounded preceding and current row
        ) - open_quantity as ordered_before_quantity
    from open_lines
),

open_orders as (
    select
        item_id,
        location_id,
        sum(open_quantity) as open_quantity
    from open_lines
    group by item_id, location_id
),

usual_orders as (
    select
        position_months.item_id,
        position_months.location_id,
        {{ ratio('sum(position_months.received_quantity)', 'sum(position_months.receipt_count)') }} as usual_quantity,
        sum(case
            when position_months.month_number > valuation_dates.month_number - 6 and position_months.receipt_count > 0
                then 1
            else 0
        end) / 6e0 as order_rate
    from {{ ref('int_position_months') }} as position_months
    inner join valuation_dates on position_months.month_number > valuation_dates.month_number - 12
    where position_months.flash_date is null
    group by position_months.item_id, position_months.location_id
    having
        sum(case when position_months.month_number > valuation_dates.month_number - 2 then receipt_count end) > 0
        and sum(case when position_months.receipt_count > 0 then 1 else 0 end) > 1
),

lots as (
    select
        item_id,
        location_id,
        'open order' as lot_kind,
        order_line_number,
        ordered_before_quantity,
        open_quantity as lot_quantity,
        unit_cost,
        1e0 as order_rate
    from lines_in_order
    union all
    select
        usual_orders.item_id,
        usual_orders.location_id,
        'usual order' as lot_kind,
        cast(null as bigint) as order_line_number,
        coalesce(open_orders.open_quantity, 0) as ordered_before_quantity,
        round(usual_orders.usual_quantity, 0) as lot_quantity,
        cast(null as {{ unit_value_type() }}) as unit_cost,
        usual_orders.order_rate
    from usual_orders
    left join open_orders
        on usual_orders.item_id = open_orders.item_id and usual_orders.location_id = open_orders.location_id
    where usual_orders.usual_quantity >= 0.5
),

purchase_lots as (
    select
        lots.item_id,
        lots.location_id,
        lots.lot_kind,
        lots.order_line_number,
        lots.order_rate,
        lots.ordered_before_quantity,
        cast(stock_positions.quantity + lots.ordered_before_quantity as double) as supplied_quantity,
        cast(lots.lot_quantity as double) as lot_quantity,
        cast(stock_positions.expected_demand_quantity as double) as expected_demand_quantity,
        stock_positions.demand_variation,
        cast(coalesce(lots.unit_cost, stock_positions.unit_buying_cost) as double) as unit_cost,
        cast(stock_positions.unit_nrv as double) as unit_nrv,
        stock_positions.unit_final_value,
        stock_positions.unit_holding_cost,
        stock_positions.horizon_months
    from lots
    inner join stock_positions
        on lots.item_id = stock_positions.item_id and lots.location_id = stock_positions.location_id
)

select * from purchase_lots
