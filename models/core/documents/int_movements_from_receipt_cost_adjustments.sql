-- The first document that brings the real cost of a receipt replaces the provisional one; landed cost is added to it.
with receipt_cost_adjustments as (
    select
        *,
        {{ posted_at('known_at', 'adjusted_at') }} as posted_at,
        coalesce(lower(kind) = 'landed_cost', false) as is_landed_cost
    from {{ ref('stg_receipt_cost_adjustments') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by receipt_id, line_no, is_landed_cost
            order by posted_at nulls last, adjusted_at nulls last, source_row_number nulls last
        ) as place
    from receipt_cost_adjustments
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
        ranked.*,
        receipts.movement_id,
        receipts.item_id,
        receipts.location_id,
        receipts.supplier_id,
        case when ranked.place = 1 and not ranked.is_landed_cost then receipts.provisional_amount else 0 end
            as replaced_amount
    from ranked
    inner join receipts
        on
            ranked.receipt_id = receipts.document_id
            and ranked.line_no = receipts.line_no
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
