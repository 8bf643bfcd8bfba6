-- The first document that brings the real cost of a receipt replaces the provisional one; landed cost is added to it.
-- What is negative, or less than a tenth of the provisional cost, can't be the cost of the goods: it is a variance.
with receipt_cost_adjustments as (
    select * from {{ ref('stg_receipt_cost_adjustments') }}
),

receipts as (
    select
        movements.document_id,
        movements.line_no,
        min(movements.movement_id) as movement_id,
        min(movements.item_id) as item_id,
        min(movements.location_id) as location_id,
        min(movements.supplier_id) as supplier_id,
        min_by(
            case when stg_receipts.is_cost_provisional then stg_receipts.cost_amount else 0 end, movements.movement_id
        ) as provisional_amount
    from {{ ref('int_movements_from_receipts') }} as movements
    inner join {{ ref('stg_receipts') }} as stg_receipts
        on movements.source_row_number = stg_receipts.source_row_number
    group by movements.document_id, movements.line_no
),

linked as (
    select
        adjustments.source_row_number,
        adjustments.adjustment_id,
        adjustments.line_no,
        adjustments.adjusted_at,
        adjustments.known_at,
        adjustments.kind,
        adjustments.amount,
        receipts.movement_id as receipt_movement_id,
        receipts.item_id,
        receipts.location_id,
        receipts.supplier_id,
        receipts.provisional_amount,
        coalesce(lower(adjustments.kind) <> 'landed_cost', true)
        and receipts.provisional_amount > 0
        and 10 * cast(adjustments.amount as {{ money_total_type() }}) >= receipts.provisional_amount as is_real_cost
    from receipt_cost_adjustments as adjustments
    inner join receipts
        on
            adjustments.receipt_id = receipts.document_id
            and adjustments.line_no = receipts.line_no
),

ranked as (
    select
        *,
        row_number() over (
            partition by receipt_movement_id, is_real_cost
            order by
                {{ posted_at('known_at', 'adjusted_at') }} nulls last,
                adjusted_at nulls last,
                source_row_number nulls last
        ) as place
    from linked
),

replaced_costs as (
    select
        source_row_number,
        adjustment_id,
        line_no,
        adjusted_at,
        known_at,
        kind,
        amount,
        receipt_movement_id,
        item_id,
        location_id,
        supplier_id,
        case when is_real_cost and place = 1 then provisional_amount else 0 end as replaced_amount
    from ranked
)

select * from replaced_costs
