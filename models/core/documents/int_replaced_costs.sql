-- The first document that brings the real cost of a receipt replaces the provisional one; landed cost is added to it.
-- What is negative, or less than a tenth of the provisional cost, can't be the cost of the goods: it is a variance.
with receipt_cost_adjustments as (
    select * from {{ ref('stg_receipt_cost_adjustments') }}
),

-- Where a number stands on two receipts, since numbers begin anew, the last one before the adjustment is meant.
receipts as (
    select
        receipt_cost_adjustments.source_row_number,
        max_by(
            movements.source_row_number,
            case when movements.moved_at <= receipt_cost_adjustments.adjusted_at then 1 else -1 end
            * {{ seconds_since_1970('movements.moved_at') }}
        ) as receipt_row_number
    from receipt_cost_adjustments
    inner join {{ ref('int_movements_from_receipts') }} as movements
        on
            receipt_cost_adjustments.receipt_id = movements.document_id
            and receipt_cost_adjustments.line_no = movements.line_no
    group by receipt_cost_adjustments.source_row_number
),

linked as (
    select
        receipt_cost_adjustments.*,
        movements.movement_id as receipt_movement_id,
        movements.item_id,
        movements.location_id,
        movements.supplier_id,
        stg_receipts.cost_amount as provisional_amount,
        coalesce(lower(receipt_cost_adjustments.kind) <> 'landed_cost', true)
        and stg_receipts.is_cost_provisional
        and stg_receipts.cost_amount > 0
        and 10 * cast(receipt_cost_adjustments.amount as {{ money_total_type() }}) >= stg_receipts.cost_amount
            as is_real_cost
    from receipt_cost_adjustments
    inner join receipts on receipt_cost_adjustments.source_row_number = receipts.source_row_number
    inner join {{ ref('int_movements_from_receipts') }} as movements
        on receipts.receipt_row_number = movements.source_row_number
    inner join {{ ref('stg_receipts') }} as stg_receipts
        on receipts.receipt_row_number = stg_receipts.source_row_number
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
