with stg_items as (
    select * from {{ ref('stg_items') }}
),

receipts as (
    select
        item_id,
        cast(received_at as date) as received_on
    from {{ ref('stg_receipts') }}
    union all
    select
        item_id,
        coalesce(received_on, as_of) as received_on
    from {{ ref('stg_opening_stock') }}
),

first_receipts as (
    select
        item_id,
        min(received_on) as received_on
    from receipts
    group by item_id
),

-- A row of the master has no date: it counts from the first document that names the item. What no document names is of
-- no month yet.
mentions as (
    {% for table in [
        'opening_stock', 'receipts', 'sales', 'customer_returns', 'stock_adjustments', 'transfers', 'purchase_orders',
        'stock_counts',
    ] -%}
    select
        item_id,
        cast(min(known_at) as date) as named_on
    from {{ ref('stg_' ~ table) }}
    group by item_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

first_mentions as (
    select
        item_id,
        min(named_on) as named_on
    from mentions
    group by item_id
),

category_policy as (
    select * from {{ ref('category_policy') }}
),

default_policy as (
    select * from category_policy where category = '*'
),

items as (
    select
        stg_items.item_id,
        stg_items.description,
        coalesce(stg_items.category, 'uncategorised') as category,
        stg_items.subcategory,
        stg_items.brand,
        stg_items.supplier_id,
        stg_items.unit_of_measure,
        coalesce(stg_items.launched_on, first_receipts.received_on) as launched_on,
        case
            when stg_items.launched_on is not null then 'master'
            when first_receipts.received_on is not null then 'first receipt'
        end as launch_source,
        coalesce(first_mentions.named_on, date '9999-12-31') as known_from,
        stg_items.discontinued_on,
        stg_items.successor_item_id,
        stg_items.shelf_life_days,
        stg_items.minimum_order_quantity,
        stg_items.order_multiple,
        stg_items.standard_cost,
        stg_items.list_price,
        coalesce(category_policy.selling_cost_rate, default_policy.selling_cost_rate)
            as selling_cost_rate,
        coalesce(category_policy.recovery_rate, default_policy.recovery_rate) as recovery_rate,
        coalesce(category_policy.scrap_proceeds_rate, default_policy.scrap_proceeds_rate)
            as scrap_proceeds_rate,
        cast(coalesce(category_policy.horizon_months, {{ var('horizon_months') }}) as bigint) as horizon_months
    from stg_items
    left join first_receipts on stg_items.item_id = first_receipts.item_id
    left join first_mentions on stg_items.item_id = first_mentions.item_id
    left join category_policy on coalesce(stg_items.category, 'uncategorised') = category_policy.category
    cross join default_policy
)

select * from items
