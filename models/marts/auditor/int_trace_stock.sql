-- The receipts that the stock came from, and the sales of the period.
with cost_layers as (
    select * from {{ ref('cost_layers') }}
),

movements as (
    select * from {{ ref('movements') }}
),

trace_stock as (
    select
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date as period_end,
        'layer' as step,
        cast(cost_layers.layer_number as bigint) as line_no,
        movements.movement_id as reference,
        movements.movement_type
        || coalesce(' ' || nullif(movements.document_id, movements.movement_type), '') || ' of '
        || cast(movements.moved_at as date) || ', in stock since ' || cost_layers.received_on as evidence,
        cost_layers.quantity,
        cost_layers.cost_value as amount
    from cost_layers
    left join movements on cost_layers.receipt_movement_number = movements.movement_number
    union all
    select
        item_id,
        location_id,
        cast(last_day(cast(moved_at as date)) as date) as period_end,
        'sale' as step,
        cast(movement_number as bigint) as line_no,
        movement_id as reference,
        movement_type || ' ' || document_id || ' of ' || cast(moved_at as date) as evidence,
        -quantity_change as quantity,
        net_amount as amount
    from movements
    where movement_type in ('sale', 'customer_return')
)

select * from trace_stock
