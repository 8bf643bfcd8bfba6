with receipt_cost_adjustments as (
    select * from {{ ref('stg_receipt_cost_adjustments') }}
),

receipts as (
    select
        document_id,
        line_no,
        min(movement_id) as movement_id,
        min(item_id) as item_id,
        min(location_id) as location_id,
        min(supplier_id) as supplier_id
    from {{ ref('int_movements_from_receipts') }}
    group by document_id, line_no
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'cost_adjustment/' || adjustments.adjustment_id || '/' || adjustments.source_row_number",
            'movement_type': "'cost_adjustment'",
            'document_id': 'adjustments.adjustment_id',
            'line_no': 'adjustments.line_no',
            'item_id': 'receipts.item_id',
            'location_id': 'receipts.location_id',
            'moved_at': 'adjustments.adjusted_at',
            'known_at': 'adjustments.known_at',
            'quantity_change': '0',
            'cost_amount': 'adjustments.amount',
            'reason': 'adjustments.kind',
            'supplier_id': 'receipts.supplier_id',
            'linked_movement_id': 'receipts.movement_id',
            'source_row_number': 'adjustments.source_row_number',
        }) }}
    from receipt_cost_adjustments as adjustments
    inner join receipts
        on
            adjustments.receipt_id = receipts.document_id
            and adjustments.line_no = receipts.line_no
)

select * from movements
