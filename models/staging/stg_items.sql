with used as (
    {{ used_rows('items') }}
),

item_categories as (
    select * from {{ ref('int_item_categories') }}
),

compared as (
    select
        used.*,
        item_categories.category as likely_category,
        item_categories.confidence
    from used
    left join item_categories on used.item_id = item_categories.item_id
),

-- Under one half the description says too little: the item stays without a category. What no item can have
-- is left out rather than the item, whose stock is real.
mended as (
    select
        {{ mended_columns(
            'items',
            mended={
                'category': 'coalesce(category, case when confidence >= 0.5 then likely_category end)',
                'shelf_life_days': 'case when shelf_life_days between 0 and 36500 then shelf_life_days end',
                'standard_cost': 'case when standard_cost >= 0 then standard_cost end',
                'list_price': 'case when list_price >= 0 then list_price end',
            },
            mends="case
            when category is null and confidence >= 0.5
                then 'category read from the description, confidence ' || round(confidence, 2)
        end,
        case
            when shelf_life_days not between 0 and 36500
                then 'left out: shelf_life_days of ' || shelf_life_days
        end,
        case when standard_cost < 0 then 'left out: negative standard_cost of ' || standard_cost end,
        case when list_price < 0 then 'left out: negative list_price of ' || list_price end",
        ) }}
    from compared
)

select * from mended
