-- The references of stg_receipts, against what it has made of the row. Quantities of one item differ from receipt to
-- receipt: without an order only one far above the largest of the last ones is doubtful, and part of an order is
-- doubtful only where the order was closed with it.
with stg_receipts as (
    select * from {{ ref('stg_receipts') }}
),

purchase_orders as (
    select
        po_id,
        item_id,
        median(case when unit_cost > 0 then unit_cost end) as unit_cost,
        sum(quantity) as quantity,
        count(case when lower(status) = 'closed' then 1 end) = count(*) as is_closed
    from {{ ref('stg_purchase_orders') }}
    group by po_id, item_id
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

compared as (
    select
        stg_receipts.*,
        purchase_orders.unit_cost as order_cost,
        purchase_orders.quantity as order_quantity,
        purchase_orders.is_closed,
        stg_items.standard_cost,
        case when count(nullif(stg_receipts.unit_cost, 0)) over earlier_receipts >= 3
            then median(nullif(stg_receipts.unit_cost, 0)) over earlier_receipts
        end as earlier_cost,
        case when count(*) over earlier_receipts >= 3
            then max(stg_receipts.quantity) over earlier_receipts
        end as largest_quantity,
        sum(stg_receipts.quantity) over (partition by stg_receipts.po_id, stg_receipts.item_id)
            as delivered_quantity
    from stg_receipts
    left join purchase_orders
        on stg_receipts.po_id = purchase_orders.po_id and stg_receipts.item_id = purchase_orders.item_id
    left join stg_items on stg_receipts.item_id = stg_items.item_id
    window earlier_receipts as (
        partition by stg_receipts.item_id
        order by stg_receipts.received_at nulls last, stg_receipts.source_row_number
        rows between 7 preceding and 1 preceding
    )
),

referred as (
    select
        *,
        coalesce(earlier_cost, order_cost, standard_cost) as reference_cost,
        coalesce(order_quantity, largest_quantity) as reference_quantity
    from compared
),

doubtful_receipts as (
    select
        source_row_number,
        item_id,
        location_id,
        'unit_cost' as column_name,
        unit_cost as value,
        reference_cost as reference_value,
        quantity as units,
        case
            when earlier_cost is not null then 'the median of the item''s last receipts'
            when order_cost is not null then 'the cost in its purchase order'
            else 'the standard cost'
        end as reference_name
    from referred
    where
        ({{ is_far_above('unit_cost', 'reference_cost') }} or {{ is_far_below('unit_cost', 'reference_cost') }})
        and coalesce(mends not like '%unit_cost %', true)
    union all
    select
        source_row_number,
        item_id,
        location_id,
        'quantity' as column_name,
        quantity as value,
        reference_quantity as reference_value,
        coalesce(unit_cost, reference_cost) as units,
        case
            when order_quantity is not null then 'the quantity ordered'
            else 'the largest of the item''s last receipts'
        end as reference_name
    from referred
    where
        (
            {{ is_far_above('quantity', 'reference_quantity') }}
            or (is_closed and {{ is_far_below('delivered_quantity', 'order_quantity') }})
        )
        and coalesce(mends not like '%quantity %', true)
)

select * from doubtful_receipts
