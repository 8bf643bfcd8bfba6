-- Customers pay different prices, so that a sale's price alone proves no slip: only one that stands at a
-- multiple of the list price of its month is mended. Clearance is real, so prices are never mended upwards.
with used as (
    {{ used_rows('sales') }}
),

list_prices as (
    select * from {{ ref('int_list_prices') }}
),

compared as (
    select
        used.*,
        {{ slip_factor('used.unit_price', 'list_prices.list_price') }} as price_factor
    from used
    left join list_prices
        on
            used.item_id = list_prices.item_id
            and cast(date_trunc('month', used.sold_at) as date) = list_prices.month
),

mended as (
    select
        {{ mended_columns(
            'sales',
            mended={'unit_price': 'case when price_factor > 1 then unit_price / price_factor else unit_price end'},
            mends="case when price_factor > 1 then 'unit_price was ' || unit_price end",
        ) }}
    from compared
)

select * from mended
