{{ config(meta={'known_by': 'judged_on'}) }}

-- What a supplier delivered of an order by the end of the grace after the promised day: what is missing then was short.
with stg_purchase_orders as (select * from {{ ref('stg_purchase_orders') }}),

stg_receipts as (select * from {{ ref('stg_receipts') }}),

items as (select * from {{ ref('items') }}),

order_lines as (
    select
        stg_purchase_orders.*,
        items.supplier_id as item_supplier_id,
        cast(stg_purchase_orders.known_at as date) as known_on,
        min(cast(stg_purchase_orders.known_at as date)) over (
            partition by stg_purchase_orders.po_id, stg_purchase_orders.item_id
        ) as first_known_on
    from stg_purchase_orders
    inner join items on stg_purchase_orders.item_id = items.item_id
    where stg_purchase_orders.promised_on is not null
),

-- Lines added to an order later are no part of what was promised first.
orders as (
    select
        po_id,
        item_id,
        known_on,
        max(coalesce(supplier_id, item_supplier_id)) as supplier_id,
        cast(max(promised_on) + cast({{ policy_constant('short_delivery_days') }} as integer) as date) as judged_on,
        sum(quantity) as ordered_quantity
    from order_lines
    where known_on = first_known_on
    group by po_id, item_id, known_on
),

supplier_deliveries as (
    select
        orders.po_id,
        orders.item_id,
        orders.supplier_id,
        greatest(orders.judged_on, orders.known_on) as judged_on,
        orders.ordered_quantity,
        greatest(0, orders.ordered_quantity - sum(coalesce(stg_receipts.quantity, 0))) as short_quantity
    from orders
    left join stg_receipts
        on
            orders.po_id = stg_receipts.po_id
            and orders.item_id = stg_receipts.item_id
            and cast(stg_receipts.known_at as date) <= orders.judged_on
    group by
        orders.po_id,
        orders.item_id,
        orders.supplier_id,
        orders.judged_on,
        orders.known_on,
        orders.ordered_quantity
)

select * from supplier_deliveries
