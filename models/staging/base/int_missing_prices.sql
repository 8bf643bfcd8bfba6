-- A line without a price was sold at what its item sells for in its month; where that month has few sales, at the
-- price of the sale next to it up to the end of the month; where there is none, at its list price.
with unpriced as (
    select
        source_row_number,
        item_id,
        sold_at,
        cast(date_trunc('month', sold_at) as date) as month
    from {{ ref('base_sales') }}
    where row_status = 'used' and unit_price is null
),

lines as (
    select * from {{ ref('int_used_sales') }}
),

neighbours as (
    select
        unpriced.source_row_number,
        min_by(
            lines.unit_price,
            abs({{ seconds_since_1970('lines.sold_at') }} - {{ seconds_since_1970('unpriced.sold_at') }}) * 1000000000
            + lines.source_row_number
        ) as unit_price
    from unpriced
    inner join lines on unpriced.item_id = lines.item_id
    where lines.unit_price > 0 and cast(date_trunc('month', lines.sold_at) as date) <= unpriced.month
    group by unpriced.source_row_number
),

usual_prices as (
    select * from {{ ref('int_usual_prices') }}
    where is_of_its_month
),

list_prices as (
    select * from {{ ref('int_list_prices') }}
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

missing_prices as (
    select
        unpriced.source_row_number,
        coalesce(
            usual_prices.usual_price, neighbours.unit_price, list_prices.list_price, stg_items.list_price
        ) as unit_price,
        case
            when coalesce(usual_prices.usual_price, neighbours.unit_price) is not null then 'other sales'
            when coalesce(list_prices.list_price, stg_items.list_price) is not null then 'the list price'
        end as price_source
    from unpriced
    left join neighbours on unpriced.source_row_number = neighbours.source_row_number
    left join usual_prices on unpriced.item_id = usual_prices.item_id and unpriced.month = usual_prices.month
    left join list_prices on unpriced.item_id = list_prices.item_id and unpriced.month = list_prices.month
    left join stg_items on unpriced.item_id = stg_items.item_id
)

select * from missing_prices
