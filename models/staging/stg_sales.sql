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

prices_of_months as (
    select
        item_id,
        cast(date_trunc('month', sold_at) as date) as month,
        unit_price,
        count(*) as line_count
    from used
    group by item_id, cast(date_trunc('month', sold_at) as date), unit_price
),

multiples as (
    select distinct
        item_id,
        cast(date_trunc('month', sold_at) as date) as month,
        unit_price
    from compared
    where factor > 1
),

rare_multiples as (
    select
        multiples.item_id,
        multiples.month,
        multiples.unit_price
    from multiples
    inner join prices_of_months
        on multiples.item_id = prices_of_months.item_id and multiples.month >= prices_of_months.month
    group by multiples.item_id, multiples.month, multiples.unit_price
    having
        sum(case when multiples.unit_price = prices_of_months.unit_price then prices_of_months.line_count else 0 end)
        <= 1 + sum(prices_of_months.line_count) / 200
),

-- A line without a price was sold at what its item sells for.
judged as (
    select
        compared.*,
        case when rare_multiples.item_id is not null then compared.factor end as price_factor
    from compared
    left join rare_multiples
        on
            compared.item_id = rare_multiples.item_id
            and cast(date_trunc('month', compared.sold_at) as date) = rare_multiples.month
            and compared.unit_price = rare_multiples.unit_price
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
