with stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

open_orders as (
    select
        open_order_lines.item_id,
        open_order_lines.location_id,
        sum(open_order_lines.open_quantity) as on_order_quantity
    from {{ ref('open_order_lines') }} as open_order_lines
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on open_order_lines.valuation_date = valuation_dates.valuation_date and valuation_dates.is_latest
    where not open_order_lines.is_closed
    group by open_order_lines.item_id, open_order_lines.location_id
),

transfer_positions as (
    select
        stock_positions.item_id,
        stock_positions.location_id,
        stock_positions.free_quantity,
        coalesce(open_orders.on_order_quantity, 0) as on_order_quantity,
        stock_positions.expected_demand_quantity,
        stock_positions.demand_variation,
        stock_positions.unit_nrv,
        stock_positions.unit_final_value,
        stock_positions.unit_buying_cost,
        stock_positions.unit_transfer_cost,
        stock_positions.unit_holding_cost,
        stock_positions.horizon_months
    from stock_positions
    left join open_orders
        on stock_positions.item_id = open_orders.item_id and stock_positions.location_id = open_orders.location_id
)

select * from transfer_positions
