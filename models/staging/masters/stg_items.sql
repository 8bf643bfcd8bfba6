with used as (
    select * from {{ ref('int_used_items') }}
),

item_categories as (
    select
        item_id,
        category as likely_category,
        confidence
    from {{ ref('int_item_categories') }}
),

-- Under one half the description says too little: the item stays without a category. What no item can have
-- is left out rather than the item, whose stock is real.
mended as (
    select used.* replace (
        coalesce(used.category, case when item_categories.confidence >= 0.5 then item_categories.likely_category end)
            as category,
        case when used.shelf_life_days between 0 and 36500 then used.shelf_life_days end as shelf_life_days,
        case when used.standard_cost >= 0 then used.standard_cost end as standard_cost,
        case when used.list_price >= 0 then used.list_price end as list_price,
        nullif(concat_ws(
            '; ',
            used.mends,
            case
                when used.category is null and item_categories.confidence >= 0.5
                    then 'category read from the description, confidence ' || round(item_categories.confidence, 2)
            end,
            case
                when used.shelf_life_days not between 0 and 36500
                    then 'left out: shelf_life_days of ' || used.shelf_life_days
            end,
            case when used.standard_cost < 0 then 'left out: negative standard_cost of ' || used.standard_cost end,
            case when used.list_price < 0 then 'left out: negative list_price of ' || used.list_price end
        ), '') as mends
    )
    from used
    left join item_categories on used.item_id = item_categories.item_id
)

select * from mended
