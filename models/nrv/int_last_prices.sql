-- What an item sold at last, wherever that was: for stock on order where none of it is left to tell a price.
with demand_months as (
    select * from {{ ref('demand_months') }}
    where valuation_date is not null and sold_quantity > 0 and net_amount > 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

item_months as (
    select
        item_id,
        valuation_date as month_end,
        {{ rounded_unit_value(ratio('sum(net_amount)', 'sum(sold_quantity)')) }} as last_price
    from demand_months
    group by item_id, valuation_date
),

price_spans as (
    select
        *,
        lead(month_end) over (partition by item_id order by month_end nulls last) as next_month_end
    from item_months
),

last_prices as (
    select
        price_spans.item_id,
        valuation_dates.valuation_date,
        price_spans.last_price
    from price_spans
    inner join valuation_dates
        on
            price_spans.month_end <= valuation_dates.valuation_date
            and coalesce(price_spans.next_month_end > valuation_dates.valuation_date, true)
)

select * from last_prices
