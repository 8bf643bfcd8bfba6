-- Customers pay different prices, so that a sale's price alone proves no slip: only one that stands at a multiple of
-- what the item sells for in its month, or in the months before, is one, and only while it is rare: a multiple that
-- comes again is the price of a box. Clearance is real, so a price that is too low is none. A list price may be stated
-- per hundred: it counts only where another sale of the item by then lies within a factor of two of it.
with lines as (
    select * from {{ ref('int_used_sales') }}
),

prices_of_months as (
    select
        item_id,
        cast(date_trunc('month', sold_at) as date) as month,
        unit_price,
        count(*) as line_count
    from lines
    group by item_id, cast(date_trunc('month', sold_at) as date), unit_price
),

usual_prices as (
    select * from {{ ref('int_usual_prices') }}
),

list_prices as (
    select * from {{ ref('int_list_prices') }}
),

confirmed_list_prices as (
    select
        list_prices.item_id,
        list_prices.month,
        max(list_prices.list_price) as list_price
    from list_prices
    inner join prices_of_months
        on
            list_prices.item_id = prices_of_months.item_id
            and list_prices.month >= prices_of_months.month
            and prices_of_months.unit_price between list_prices.list_price / 2 and list_prices.list_price * 2
    group by list_prices.item_id, list_prices.month
),

compared as (
    select
        prices_of_months.item_id,
        prices_of_months.month,
        prices_of_months.unit_price,
        coalesce(
            {{ slip_factor('prices_of_months.unit_price', 'usual_prices.usual_price') }},
            {{ slip_factor('prices_of_months.unit_price', 'confirmed_list_prices.list_price') }}
        ) as factor
    from prices_of_months
    left join usual_prices
        on prices_of_months.item_id = usual_prices.item_id and prices_of_months.month = usual_prices.month
    left join confirmed_list_prices
        on
            prices_of_months.item_id = confirmed_list_prices.item_id
            and prices_of_months.month = confirmed_list_prices.month
),

multiples as (
    select * from compared
    where factor > 1
),

price_slips as (
    select
        multiples.item_id,
        multiples.month,
        multiples.unit_price,
        multiples.factor
    from multiples
    inner join prices_of_months
        on multiples.item_id = prices_of_months.item_id and multiples.month >= prices_of_months.month
    group by multiples.item_id, multiples.month, multiples.unit_price, multiples.factor
    having
        sum(case when multiples.unit_price = prices_of_months.unit_price then prices_of_months.line_count else 0 end)
        <= 1 + sum(prices_of_months.line_count) / 200
)

select * from price_slips
