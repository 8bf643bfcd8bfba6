with stg_items as (
    select * from {{ ref('stg_items') }}
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
        stg_items.launched_on,
        stg_items.discontinued_on,
        stg_items.successor_item_id,
        stg_items.shelf_life_days,
        stg_items.standard_cost,
        stg_items.list_price,
        coalesce(category_policy.selling_cost_rate, default_policy.selling_cost_rate)
            as selling_cost_rate,
        coalesce(category_policy.recovery_rate, default_policy.recovery_rate) as recovery_rate,
        coalesce(category_policy.scrap_proceeds_rate, default_policy.scrap_proceeds_rate)
            as scrap_proceeds_rate
    from stg_items
    left join category_policy on stg_items.category = category_policy.category
    cross join default_policy
)

select * from items
