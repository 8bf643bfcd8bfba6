{{ config(materialized='table') }}

-- Only what came before a receipt speaks about its cost, so that a rebuild at any date mends alike.
with used as (
    select * from {{ ref('int_used_receipts') }}
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
        ) as reference_cost
    from compared
),

missing_costs as (
    select * from {{ ref('int_missing_costs') }}
),

-- Goods are free where the document says so: a zero beside a line with a cost, or a var.
judged as (
    select
        referred.*,
        case
            when referred.unit_cost = 0
                and max(referred.unit_cost) over (partition by referred.receipt_id, referred.item_id) > 0
                then 'beside a line with a cost'
            when referred.unit_cost = 0 and '{{ var("zero_cost_means") }}' = 'free' then 'by the var zero_cost_means'
        end as free_reason,
        missing_costs.unit_cost as likely_cost,
        missing_costs.cost_source,
        {{ slip_factor('referred.unit_cost', 'referred.reference_cost') }} as cost_factor,
        {{ slip_factor('referred.quantity', 'referred.order_quantity') }} as quantity_factor
    from referred
    left join missing_costs on referred.source_row_number = missing_costs.source_row_number
),

mended as (
    select
        free_reason is not null as is_free,
        free_reason is null and likely_cost is not null as is_cost_provisional,
        {{ mended_columns(
            'receipts',
            mended={
                'unit_cost': 'case
                    when free_reason is not null then 0 else coalesce(likely_cost, unit_cost / cost_factor, unit_cost)
                end',
                'quantity': 'case when quantity_factor > 1 then quantity / quantity_factor else quantity end',
            },
            mends="case
            when free_reason is not null then 'unit_cost of zero taken for free goods, ' || free_reason
            when likely_cost is not null then 'unit_cost missing, taken from ' || cost_source
        end,
        case when cost_factor is not null then 'unit_cost was ' || unit_cost end,
        case when quantity_factor > 1 then 'quantity was ' || quantity end",
        ) }}
    from judged
)

select
    *,
    {{ line_amount('quantity', 'unit_cost') }} as cost_amount
from mended
