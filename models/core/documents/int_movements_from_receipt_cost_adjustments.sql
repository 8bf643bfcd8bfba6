-- The first document that brings the real cost of a receipt replaces the provisional one; landed cost is added to it.
with receipt_cost_adjustments as (
    select
        *,
        {{ posted_at('known_at', 'adjusted_at') }} as posted_at,
        coalesce(lower(kind) = 'landed_cost', false) as is_landed_cost
    from {{ ref('stg_receipt_cost_adjustments') }}
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

ranked as (
    select
        receipt_cost_adjustments.*,
        receipts.receipt_row_number,
        row_number() over (
            partition by receipts.receipt_row_number, receipt_cost_adjustments.is_landed_cost
            order by
                receipt_cost_adjustments.posted_at nulls last,
                receipt_cost_adjustments.adjusted_at nulls last,
                receipt_cost_adjustments.source_row_number nulls last
        ) as place
    from receipt_cost_adjustments
    inner join receipts on receipt_cost_adjustments.source_row_number = receipts.source_row_number
),

linked as (
    select
        ranked.*,
        movements.movement_id,
        movements.item_id,
        movements.location_id,
        movements.supplier_id,
        case
            when ranked.place = 1 and not ranked.is_landed_cost and stg_receipts.is_cost_provisional
                then stg_receipts.cost_amount
            else 0
        end as replaced_amount
    from ranked
    inner join {{ ref('int_movements_from_receipts') }} as movements
        on ranked.receipt_row_number = movements.source_row_number
    inner join {{ ref('stg_receipts') }} as stg_receipts
        on ranked.receipt_row_number = stg_receipts.source_row_number
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'cost_adjustment/' || adjustment_id || '/' || source_row_number",
            'movement_type': "'cost_adjustment'",
            'document_id': 'adjustment_id',
            'line_no': 'line_no',
            'item_id': 'item_id',
            'location_id': 'location_id',
            'moved_at': 'adjusted_at',
            'known_at': 'known_at',
            'quantity_change': '0',
            'cost_amount': 'amount - replaced_amount',
            'reason': "case
                when replaced_amount <> 0
                    then 'the cost of ' || " ~ plain_number('amount') ~ " || ' replaces a provisional one of ' || "
                        ~ plain_number('replaced_amount') ~ "
                else kind
            end",
            'supplier_id': 'supplier_id',
            'linked_movement_id': 'movement_id',
            'source_row_number': 'source_row_number',
        }) }}
    from linked
)

select * from movements
