-- A clinic or a workshop uses its stock and sells none of it: cleaning took every line at its item's cost.
with stg_sales as (
    select * from {{ ref('stg_sales') }}
),

missing_prices as (
    select * from {{ ref('int_missing_prices') }}
),

price_keeping as (
    select
        count(*) = 0
        or count(*) > count(case when missing_prices.price_source = 'the cost' then 1 end) as keeps_prices
    from stg_sales
    left join missing_prices on stg_sales.source_row_number = missing_prices.source_row_number
)

select * from price_keeping
