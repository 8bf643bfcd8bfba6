-- Only what came before a receipt speaks about its cost, so that a rebuild at any date fills alike. What is known of
-- the item itself goes before what is usual in its category.
with receipts as (
    select * from {{ ref('int_used_receipts') }}
),

compared as (
    select
        source_row_number,
        item_id,
        po_id,
        received_at,
        unit_cost,
        median(nullif(unit_cost, 0)) over (
            partition by item_id
            order by received_at nulls last, source_row_number
            rows between 7 preceding and 1 preceding
        ) as earlier_cost
    from receipts
),

uncosted as (
    select * from compared
    where coalesce(unit_cost, 0) = 0
),

purchase_orders as (
    select * from {{ ref('stg_purchase_orders') }}
    where unit_cost > 0
),

orders_before as (
    select
        uncosted.source_row_number,
        median(case when uncosted.po_id = purchase_orders.po_id then purchase_orders.unit_cost end) as order_cost,
        max_by(
            purchase_orders.unit_cost,
            {{ days_between("date '2000-01-01'", 'purchase_orders.ordered_on') }} * 1000000000
            + purchase_orders.source_row_number
        ) as supplier_cost
    from uncosted
    inner join purchase_orders on uncosted.item_id = purchase_orders.item_id
    where purchase_orders.ordered_on <= uncosted.received_at
    group by uncosted.source_row_number
),

opening_costs as (
    select
        item_id,
        median(unit_cost) as unit_cost
    from {{ ref('stg_opening_stock') }}
    where unit_cost > 0
    group by item_id
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

category_margins as (
    select
        category,
        median(cast(standard_cost as double) / list_price) as cost_share
    from stg_items
    where standard_cost > 0 and list_price > 0
    group by category
),

{% set sources = {
    'uncosted.earlier_cost': 'earlier receipts',
    'orders_before.order_cost': 'the purchase order',
    'orders_before.supplier_cost': 'the last purchase order of the item',
    'opening_costs.unit_cost': 'the opening stock',
    'nullif(stg_items.standard_cost, 0)': 'the standard cost',
    'nullif(stg_items.list_price, 0) * category_margins.cost_share': 'the list price and the margin of its category',
} -%}
missing_costs as (
    select
        uncosted.source_row_number,
        coalesce({{ sources.keys() | join(', ') }}) as unit_cost,
        case
            {% for cost, name in sources.items() -%}
            when {{ cost }} is not null then '{{ name }}'
            {% endfor -%}
        end as cost_source
    from uncosted
    left join orders_before on uncosted.source_row_number = orders_before.source_row_number
    left join opening_costs on uncosted.item_id = opening_costs.item_id
    left join stg_items on uncosted.item_id = stg_items.item_id
    left join category_margins on stg_items.category = category_margins.category
)

select * from missing_costs
where unit_cost is not null
