-- In transit from shipment to receipt: on hand at neither end. The receipt never precedes its
-- shipment in the ledger, even where both carry one moment.
with transfers as (
    select * from {{ ref('stg_transfers') }}
),

movements as (
    select
        {{- movement_columns({
            'movement_id': "'transfer_out/' || transfer_id || '/' || source_row_number",
            'movement_type': "'transfer_out'",
            'document_id': 'transfer_id',
            'item_id': 'item_id',
            'location_id': 'from_location_id',
            'moved_at': 'shipped_at',
            'known_at': 'known_at',
            'quantity_change': '-quantity',
            'linked_location_id': 'to_location_id',
            'source_row_number': 'source_row_number',
        }) }}
    from transfers
    union all
    select
        {{- movement_columns({
            'movement_id': "'transfer_in/' || transfer_id || '/' || source_row_number",
            'movement_type': "'transfer_in'",
            'document_id': 'transfer_id',
            'item_id': 'item_id',
            'location_id': 'to_location_id',
            'moved_at': "greatest(received_at, shipped_at + interval '1' second)",
            'known_at': 'greatest(known_at, received_at)',
            'quantity_change': 'quantity',
            'linked_movement_id': "'transfer_out/' || transfer_id || '/' || source_row_number",
            'linked_location_id': 'from_location_id',
            'source_row_number': 'source_row_number',
        }) }}
    from transfers
    where received_at is not null
)

select * from movements
