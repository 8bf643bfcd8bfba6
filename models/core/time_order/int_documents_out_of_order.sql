-- Documents that stand before the one they follow from, and facts that the books learned after their month.
with orders as (
    select * from {{ ref('stg_purchase_orders') }}
    where cast(known_at as date) <= (select max(valuation_date) from {{ ref('valuation_dates') }})
),

movements as (
    select * from {{ ref('int_movements_posted') }}
),

ordered as (
    select
        po_id,
        item_id,
        min(ordered_on) as ordered_on
    from orders
    group by po_id, item_id
),

openings as (
    select
        item_id,
        location_id,
        min(moved_at) as opened_at
    from movements
    where quantity_change <> 0
    group by item_id, location_id
),

counts as (
    select * from {{ ref('stg_stock_counts') }}
    where cast(known_at as date) <= (select max(valuation_date) from {{ ref('valuation_dates') }})
),

documents_out_of_order as (
    select
        'promised before ordered' as kind,
        'purchase_orders/' || source_row_number as fact_id,
        po_id as document_id,
        line_no,
        item_id,
        location_id,
        cast(promised_on as timestamp) as happened_at,
        cast(ordered_on as timestamp) as compared_at,
        quantity,
        order_amount as amount
    from orders
    where promised_on < ordered_on
    union all
    select
        'received before ordered' as kind,
        'receipts/' || receipts.source_row_number as fact_id,
        receipts.receipt_id as document_id,
        receipts.line_no,
        receipts.item_id,
        receipts.location_id,
        receipts.received_at as happened_at,
        cast(ordered.ordered_on as timestamp) as compared_at,
        receipts.quantity,
        movements.cost_amount as amount
    from {{ ref('stg_receipts') }} as receipts
    inner join movements
        on movements.movement_type = 'receipt' and receipts.source_row_number = movements.source_row_number
    inner join ordered on receipts.po_id = ordered.po_id and receipts.item_id = ordered.item_id
    where cast(receipts.received_at as date) < ordered.ordered_on
    union all
    select
        'cost adjusted before its receipt' as kind,
        adjustments.movement_id as fact_id,
        adjustments.document_id,
        adjustments.line_no,
        adjustments.item_id,
        adjustments.location_id,
        adjustments.moved_at as happened_at,
        adjusted.moved_at as compared_at,
        adjusted.quantity_change as quantity,
        abs(adjustments.cost_amount) as amount
    from movements as adjustments
    inner join movements as adjusted on adjustments.linked_movement_id = adjusted.movement_id
    where
        adjustments.movement_type = 'cost_adjustment'
        and cast(adjustments.moved_at as date) < cast(adjusted.moved_at as date)
    union all
    select
        'count before opening' as kind,
        'stock_counts/' || counts.source_row_number as fact_id,
        counts.count_id as document_id,
        null as line_no,
        counts.item_id,
        counts.location_id,
        counts.counted_at as happened_at,
        openings.opened_at as compared_at,
        counts.quantity,
        null as amount
    from counts
    inner join openings
        on counts.item_id = openings.item_id and counts.location_id = openings.location_id
    where counts.quantity > 0 and cast(counts.counted_at as date) < cast(openings.opened_at as date)
    union all
    -- A scrapped return is the return once more.
    select
        'booked after its month' as kind,
        movement_id as fact_id,
        document_id,
        line_no,
        item_id,
        location_id,
        moved_at as happened_at,
        known_at as compared_at,
        abs(quantity_change) as quantity,
        abs(coalesce(cost_amount, net_amount)) as amount
    from movements
    where posted_at > moved_at and movement_type <> 'return_scrap'
)

select * from documents_out_of_order
