with stg_receipts as (
    select * from {{ ref('stg_receipts') }}
    where is_cost_provisional
),

posted as (
    select * from {{ ref('int_movements_posted') }}
    where movement_type in ('receipt', 'cost_adjustment')
),

replaced_costs as (
    select * from {{ ref('int_replaced_costs') }}
    where replaced_amount <> 0
),

real_costs as (
    select
        replaced_costs.receipt_movement_id,
        replaced_costs.adjustment_id,
        replaced_costs.amount,
        posted.cost_amount as difference_amount,
        cast(posted.posted_at as date) as replaced_on
    from replaced_costs
    inner join posted
        on
            posted.movement_type = 'cost_adjustment'
            and replaced_costs.source_row_number = posted.source_row_number
),

provisional_costs as (
    select
        receipts.movement_number,
        receipts.document_id as receipt_id,
        receipts.line_no,
        receipts.item_id,
        receipts.location_id,
        receipts.supplier_id,
        cast(receipts.moved_at as date) as received_on,
        receipts.quantity_change as quantity,
        stg_receipts.cost_amount as provisional_amount,
        stg_receipts.mends as assumption,
        real_costs.adjustment_id,
        real_costs.amount as real_amount,
        real_costs.difference_amount,
        real_costs.replaced_on,
        real_costs.adjustment_id is null as is_open
    from stg_receipts
    inner join posted as receipts
        on
            receipts.movement_type = 'receipt'
            and stg_receipts.source_row_number = receipts.source_row_number
    left join real_costs on receipts.movement_id = real_costs.receipt_movement_id
)

select * from provisional_costs
