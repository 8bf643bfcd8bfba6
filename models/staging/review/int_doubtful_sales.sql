-- Only a price unlike all its references is doubtful: a clearance tag explains a low one, and a list price a dear one
-- after a clearance. Customers order one piece and a thousand: only a quantity far above all that the item sold
-- before in one line is doubtful.
with stg_sales as (
    select
        *,
        cast(date_trunc('month', sold_at) as date) as month
    from {{ ref('stg_sales') }}
),

usual_prices as (
    select * from {{ ref('int_usual_prices') }}
),

list_prices as (
    select * from {{ ref('int_list_prices') }}
),

tag_months as (
    select
        stg_prices.item_id,
        stg_prices.unit_price,
        unnest(generate_series(
            date_trunc('month', stg_prices.valid_from),
            least(coalesce(stg_prices.valid_to, data_window.last_day), data_window.last_day),
            interval 1 month
        )) as month
    from {{ ref('stg_prices') }} as stg_prices
    cross join {{ ref('int_data_window') }} as data_window
),

lowest_tags as (
    select
        item_id,
        cast(month as date) as month,
        min(unit_price) as unit_price
    from tag_months
    group by item_id, month
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

compared as (
    select
        stg_sales.*,
        usual_prices.usual_price,
        usual_prices.is_of_its_month,
        coalesce(list_prices.list_price, stg_items.list_price) as list_price,
        coalesce(lowest_tags.unit_price, stg_items.list_price) as lowest_price,
        count(*) over earlier_lines as earlier_line_count,
        max(stg_sales.quantity) over earlier_lines as largest_quantity
    from stg_sales
    left join usual_prices on stg_sales.item_id = usual_prices.item_id and stg_sales.month = usual_prices.month
    left join list_prices on stg_sales.item_id = list_prices.item_id and stg_sales.month = list_prices.month
    left join lowest_tags on stg_sales.item_id = lowest_tags.item_id and stg_sales.month = lowest_tags.month
    left join stg_items on stg_sales.item_id = stg_items.item_id
    window earlier_lines as (
        partition by stg_sales.item_id
        order by stg_sales.sold_at nulls last, stg_sales.source_row_number nulls last
        rows between unbounded preceding and 1 preceding
    )
),

doubtful_sales as (
    select
        source_row_number,
        item_id,
        location_id,
        'unit_price' as column_name,
        unit_price as value,
        coalesce(usual_price, case when unit_price > list_price then list_price else lowest_price end)
            as reference_value,
        quantity as units,
        case
            when is_of_its_month and usual_price is not null then 'the median of the item''s sales in its month'
            when usual_price is not null then 'the median of the item''s sales in the months before'
            else 'the list price'
        end as reference_name
    from compared
    where
        (
            (
                coalesce({{ is_far_above('unit_price', 'usual_price') }}, true)
                and coalesce({{ is_far_above('unit_price', 'list_price') }}, true)
            )
            or (
                coalesce({{ is_far_below('unit_price', 'usual_price') }}, true)
                and coalesce({{ is_far_below('unit_price', 'lowest_price') }}, true)
            )
        )
        and coalesce(nullif(usual_price, 0), nullif(list_price, 0)) is not null
        and coalesce(mends not like '%unit_price %', true)
    union all
    select
        source_row_number,
        item_id,
        location_id,
        'quantity' as column_name,
        quantity as value,
        largest_quantity as reference_value,
        unit_price as units,
        'the largest of the item''s earlier sales' as reference_name
    from compared
    where earlier_line_count >= 10 and {{ is_far_above('quantity', 'largest_quantity') }}
)

select * from doubtful_sales
