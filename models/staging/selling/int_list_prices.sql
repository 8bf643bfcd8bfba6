with regular_prices as (
    select
        item_id,
        unit_price,
        valid_from,
        least(coalesce(valid_to, data_window.last_day), data_window.last_day) as last_day
    from {{ ref('stg_prices') }}
    cross join {{ ref('int_data_window') }} as data_window
    where price_type = 'regular' and unit_price > 0
),

price_months as (
    select
        item_id,
        unit_price,
        unnest(generate_series(date_trunc('month', valid_from), last_day, interval 1 month)) as month
    from regular_prices
),

list_prices as (
    select
        item_id,
        cast(month as date) as month,
        median(unit_price) as list_price
    from price_months
    group by item_id, month
)

select * from list_prices
