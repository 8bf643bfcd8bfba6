-- Orders that cannot be cancelled and are still to come. What is still open is told by orders and receipts, since the
-- order's status has no date; an order half a year overdue is taken for dead.
with stg_purchase_orders as (
    select * from {{ ref('stg_purchase_orders') }}
    where is_cancellable = false
),

stg_receipts as (
    select * from {{ ref('stg_receipts') }}
),

reserve_positions as (
    select distinct valuation_date from {{ ref('int_reserve_positions') }}
),

orders as (
    select
        po_id,
        item_id,
        location_id,
        cast(max(known_at) as date) as known_on,
        max(coalesce(promised_on, ordered_on)) as promised_on,
        cast(sum(quantity) as {{ quantity_type() }}) as ordered_quantity,
        cast(sum(order_amount) as {{ money_type() }}) as ordered_amount
    from stg_purchase_orders
    group by po_id, item_id, location_id
),

received as (
    select
        orders.po_id,
        orders.item_id,
        orders.location_id,
        reserve_positions.valuation_date,
        orders.promised_on,
        orders.ordered_quantity,
        orders.ordered_amount,
        cast(
            greatest(orders.ordered_quantity - coalesce(sum(stg_receipts.quantity), 0), 0) as {{ quantity_type() }}
        ) as open_quantity
    from orders
    inner join reserve_positions
        on
            orders.known_on <= reserve_positions.valuation_date
            and cast(orders.promised_on + 180 as date) >= reserve_positions.valuation_date
    left join stg_receipts
        on
            orders.po_id = stg_receipts.po_id
            and orders.item_id = stg_receipts.item_id
            and orders.location_id = stg_receipts.location_id
            and cast(stg_receipts.known_at as date) <= reserve_positions.valuation_date
    group by
        orders.po_id,
        orders.item_id,
        orders.location_id,
        reserve_positions.valuation_date,
        orders.promised_on,
        orders.ordered_quantity,
        orders.ordered_amount
),

open_commitments as (
    select
        po_id,
        item_id,
        location_id,
        valuation_date,
        open_quantity,
        {{ share_of_quantity('ordered_amount', 'open_quantity', 'ordered_quantity') }} as committed_amount,
        row_number() over (
            partition by item_id, location_id, valuation_date
            order by promised_on nulls last, po_id nulls last
        ) as commitment_number
    from received
    where open_quantity > 0 and ordered_amount > 0
)

select * from open_commitments
