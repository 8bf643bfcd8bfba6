{{ config(materialized='table') }}

-- Customers pay different prices, so that a sale's price alone proves no slip: only one that stands at a
-- multiple of what the item sells for in its month, or of its list price, is mended, and only while it is rare:
-- a multiple that comes again is the price of a box. Clearance is real, so prices are never mended upwards.
with used as (
    {{ used_rows('sales') }}
),

list_prices as (
    select * from {{ ref('int_list_prices') }}
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

usual_prices as (
    select
        item_id,
        cast(date_trunc('month', sold_at) as date) as month,
        median(unit_price) as usual_price
    from used
    where unit_price > 0
    group by item_id, cast(date_trunc('month', sold_at) as date)
    having count(*) >= 5
),

compared as (
    select
        used.*,
        count(*) over (
            partition by used.item_id, used.unit_price
            order by cast(date_trunc('month', used.sold_at) as date) asc nulls last
            range between unbounded preceding and current row
        ) as lines_at_price,
        count(*) over (
            partition by used.item_id
            order by cast(date_trunc('month', used.sold_at) as date) asc nulls last
            range between unbounded preceding and current row
        ) as lines_of_item,
        coalesce(usual_prices.usual_price, list_prices.list_price, stg_items.list_price) as likely_price,
        coalesce(
            {{ slip_factor('used.unit_price', 'usual_prices.usual_price') }},
            {{ slip_factor('used.unit_price', 'list_prices.list_price') }}
        ) as factor
    from used
    left join usual_prices
        on
            used.item_id = usual_prices.item_id
            and cast(date_trunc('month', used.sold_at) as date) = usual_prices.month
    left join list_prices
        on
            used.item_id = list_prices.item_id
            and cast(date_trunc('month', used.sold_at) as date) = list_prices.month
    left join stg_items on used.item_id = stg_items.item_id
),

-- A line without a price was sold at what its item sells for.
judged as (
    select
        *,
        case when factor > 1 and lines_at_price <= 1 + lines_of_item / 200 then factor end as price_factor
    from compared
),

mended as (
    select
        {{ mended_columns(
            'sales',
            mended={'unit_price': 'coalesce(unit_price / price_factor, unit_price, likely_price)'},
            mends="case when price_factor is not null then 'unit_price was ' || unit_price end,
        case when unit_price is null then 'unit_price missing, taken from other sales or the list price' end",
        ) }}
    from judged
)

select * from mended
