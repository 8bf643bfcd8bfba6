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

-- Under one half the description says too little: the item stays without a category.
mended as (
    select
        {{ mended_columns(
            'items',
            mended={'category': 'coalesce(category, case when confidence >= 0.5 then likely_category end)'},
            mends="case
            when category is null and confidence >= 0.5
                then 'category read from the description, confidence ' || round(confidence, 2)
        end",
        ) }}
    from compared
)

select * from mended
