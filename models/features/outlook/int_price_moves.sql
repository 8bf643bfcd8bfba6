-- How net prices went on. Of a month's sales as many units count as had been in stock: what was bought in bulk later,
-- at a bulk price, says little of the shelf. A price that more than doubles is another good's.
with present_prices as (
    select * from {{ ref('int_present_prices') }}
    where present_price > 0 and flash_date is null
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where flash_date is null and sold_quantity > 0 and net_amount > 0
),

sales as (
    select
        present_prices.category,
        present_prices.age_band,
        present_prices.has_long_cover,
        present_prices.month_number,
        demand_months.month_number - present_prices.month_number as month_ahead,
        {{ rounded_total(
            'cast(least(present_prices.quantity, demand_months.sold_quantity) as double)'
            ~ ' * cast(present_prices.present_price as double)'
        ) }} as present_amount,
        least(
            {{ ratio(
                'demand_months.net_amount',
                'cast(demand_months.sold_quantity as double) * cast(present_prices.present_price as double)'
            ) }}, 2
        ) as price_relative
    from present_prices
    inner join demand_months
        on
            present_prices.item_id = demand_months.item_id
            and present_prices.location_id = demand_months.location_id
            and demand_months.month_number > present_prices.month_number
            and demand_months.month_number <= present_prices.month_number + {{ var('horizon_months') }}
),

price_moves as (
    select
        category,
        age_band,
        has_long_cover,
        month_number,
        month_ahead,
        count(*) as sale_months,
        sum(present_amount) as present_amount,
        sum({{ rounded_total('present_amount * price_relative') }}) as later_amount,
        sum({{ rounded_total('present_amount * price_relative * price_relative') }}) as squared_amount,
        sum(case when price_relative <= 0.9 then present_amount else 0 end) as marked_down_amount
    from sales
    group by category, age_band, has_long_cover, month_number, month_ahead
)

select * from price_moves
