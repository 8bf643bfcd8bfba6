{%- set stage = 'floor(3 * (stock_months.month_ahead - 1) / cast(stock_positions.horizon_months as double))' -%}
-- Orders that are overdue come in the first month. By plan what is cleared or moved is gone at once, and what had
-- better not come of an order does not.
with stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

stock_months as (
    select * from {{ ref('int_stock_months') }}
),

plans as (
    select * from {{ ref('markdown_plans') }}
    where is_best
),

transfers as (
    select * from {{ ref('int_transfers') }}
),

moves as (
    select
        item_id,
        location_id,
        -sum(transfer_quantity) as moved_quantity
    from transfers
    group by item_id, location_id
    union all
    select
        item_id,
        to_location_id,
        sum(transfer_quantity)
    from transfers
    group by item_id, to_location_id
),

due_lines as (
    select
        open_order_lines.item_id,
        open_order_lines.location_id,
        open_order_lines.due_on,
        open_order_lines.open_quantity,
        open_order_lines.open_quantity - coalesce(excess_orders.excess_quantity, 0) as planned_quantity
    from {{ ref('open_order_lines') }} as open_order_lines
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on open_order_lines.valuation_date = valuation_dates.valuation_date and valuation_dates.is_latest
    left join {{ ref('excess_orders') }} as excess_orders
        on
            open_order_lines.po_id = excess_orders.po_id
            and open_order_lines.line_no = excess_orders.line_no
            and open_order_lines.ordered_on = excess_orders.ordered_on
    where not open_order_lines.is_closed
),

due_months as (
    select
        stock_months.item_id,
        stock_months.location_id,
        stock_months.month_ahead,
        sum(due_lines.open_quantity) as open_quantity,
        sum(due_lines.planned_quantity) as planned_quantity
    from stock_months
    inner join due_lines
        on
            stock_months.item_id = due_lines.item_id
            and stock_months.location_id = due_lines.location_id
            and stock_months.forecast_month >= due_lines.due_on
    group by stock_months.item_id, stock_months.location_id, stock_months.month_ahead
),

projection_months as (
    select
        stock_months.item_id,
        stock_months.location_id,
        stock_months.month_ahead,
        stock_months.forecast_month,
        cast(stock_positions.quantity + coalesce(due_months.open_quantity, 0) as double) as supplied_quantity,
        greatest(
            cast(stock_positions.quantity + coalesce(due_months.planned_quantity, 0) as double)
            - coalesce(cast(plans.cleared_quantity as double), 0) + coalesce(moves.moved_quantity, 0), 0
        ) as planned_supplied_quantity,
        cast(sum(stock_months.expected_quantity) over (
            partition by stock_months.item_id, stock_months.location_id order by stock_months.month_ahead nulls last
            rows between unbounded preceding and current row
        ) as double) as cumulated_quantity,
        least(
            power(1 - coalesce(case {{ stage }}
                when 0 then plans.first_discount_rate
                when 1 then plans.second_discount_rate
                else plans.last_discount_rate
            end, 0), coalesce(plans.elasticity, 0)),
            cast(stock_positions.most_demand_multiple as double)
        ) as demand_multiple,
        cast(stock_months.expected_quantity as double) as expected_quantity,
        stock_positions.demand_variation
    from stock_months
    inner join stock_positions
        on
            stock_months.item_id = stock_positions.item_id
            and stock_months.location_id = stock_positions.location_id
    left join plans on stock_months.item_id = plans.item_id and stock_months.location_id = plans.location_id
    left join moves on stock_months.item_id = moves.item_id and stock_months.location_id = moves.location_id
    left join due_months
        on
            stock_months.item_id = due_months.item_id
            and stock_months.location_id = due_months.location_id
            and stock_months.month_ahead = due_months.month_ahead
)

select * from projection_months
