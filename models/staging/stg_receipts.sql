{{ config(materialized='table') }}

-- Only what came before a receipt speaks about its cost, so that a rebuild at any date mends alike.
with used as (
    {{ used_rows('receipts') }}
),

purchase_orders as (
    select
        po_id,
        item_id,
        median(unit_cost) as unit_cost,
        sum(quantity) as quantity
    from {{ ref('stg_purchase_orders') }}
    where unit_cost > 0
    group by po_id, item_id
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

compared as (
    select
        used.*,
        purchase_orders.unit_cost as order_cost,
        purchase_orders.quantity as order_quantity,
        stg_items.standard_cost,
        median(nullif(used.unit_cost, 0)) over earlier_receipts as earlier_cost,
        count(nullif(used.unit_cost, 0)) over earlier_receipts as earlier_count
    from used
    left join purchase_orders
        on used.po_id = purchase_orders.po_id and used.item_id = purchase_orders.item_id
    left join stg_items on used.item_id = stg_items.item_id
    window earlier_receipts as (
        partition by used.item_id
        order by used.received_at nulls last, used.source_row_number
        rows between 7 preceding and 1 preceding
    )
),

referred as (
    select
        *,
        coalesce(
            order_cost, case when earlier_count >= 3 then earlier_cost end, standard_cost
        ) as reference_cost,
        coalesce(earlier_cost, order_cost, standard_cost) as likely_cost,
        case
            when earlier_cost is not null then 'earlier receipts'
            when order_cost is not null then 'the purchase order'
            else 'the standard cost'
        end as likely_source
    from compared
),

judged as (
    select
        *,
        coalesce(unit_cost, 0) = 0 and likely_cost is not null as is_cost_filled,
        {{ slip_factor('unit_cost', 'reference_cost') }} as cost_factor,
        {{ slip_factor('quantity', 'order_quantity') }} as quantity_factor
    from referred
),

mended as (
    select
        {{ mended_columns(
            'receipts',
            mended={
                'unit_cost': 'case
                    when is_cost_filled then likely_cost
                    when cost_factor is not null then unit_cost / cost_factor
                    else unit_cost
                end',
                'quantity': 'case when quantity_factor > 1 then quantity / quantity_factor else quantity end',
            },
            mends="case when is_cost_filled then 'unit_cost missing, taken from ' || likely_source end,
        case when cost_factor is not null then 'unit_cost was ' || unit_cost end,
        case when quantity_factor > 1 then 'quantity was ' || quantity end",
        ) }}
    from judged
)

select * from mended
