-- The average net price of each month with sales, and what it did over the last twelve.
with position_months as (select * from {{ ref('int_position_months') }}),

monthly_prices as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        sold_quantity,
        case
            when cast(list_amount as double) > 1.05e0 * cast(net_amount as double) then sold_quantity
            else 0
        end as discounted_quantity,
        case when sold_quantity > 0 then 1 else 0 end as is_seen,
        {{ rounded_unit_value(ratio('net_amount', 'sold_quantity')) }} as net_price
    from position_months
),

-- Prices over the first one, so that their squares are told apart whether the thing is a screw or a ship.
first_prices as (
    select
        *,
        first_value(nullif(net_price, 0)) over (
            partition by item_id, location_id
            order by case when net_price > 0 then month_number end nulls last
        ) as first_price
    from monthly_prices
),

relatives as (
    select
        *,
        cast(case
            when cast(net_price as double) > 1e9 * cast(first_price as double) then 1e9
            else round({{ ratio('net_price', 'first_price') }}, 9)
        end as decimal(38, 9)) as price_relative
    from first_prices
),

products as (
    select
        *,
        case when is_seen = 1 then month_number else 0 end as month_seen,
        case when is_seen = 1 then month_number * month_number else 0 end as month_square,
        cast(round(power(cast(price_relative as double), 2), 12) as decimal(38, 12)) as price_square,
        price_relative * month_number as price_moment,
        {{ running_max(
            'case when is_seen = 1 then month_number end'
        ) }} as last_month_seen
    from relatives
),

-- A fall counts against the month with sales before it, however long ago.
falls as (
    select
        *,
        case
            when is_seen = 1 and net_price < 0.95 * lag(net_price) over (
                partition by item_id, location_id, is_seen order by month_number nulls last
            ) then 1
            else 0
        end as is_fall
    from products
),

sums as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        {% for n in [3, 6, 12] -%}
        {{ rolling_min('net_price', n) }} as lowest_price_{{ n }},
        {% endfor -%}
        {% for fact in [
            'is_seen', 'price_relative', 'price_square', 'price_moment', 'month_seen', 'month_square', 'is_fall',
            'discounted_quantity', 'sold_quantity',
        ] -%}
        {{ rolling_sum(fact, 12) }} as {{ fact }}_12,
        {% endfor -%}
        {{ running_max('case when is_fall = 1 then month_number end') }} as last_fall
    from falls
),

price_paths as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for n in [3, 6, 12] -%}
        cast(lowest_price_{{ n }} as double) as lowest_price_{{ n }},
        {% endfor -%}
        case
            when is_seen_12 >= 2
                then sqrt(greatest(
                    0, is_seen_12 * {{ ratio('price_square_12', 'power(cast(price_relative_12 as double), 2)') }} - 1
                ))
        end as volatility_12,
        -- Slope of the least squares line through the months with sales, over their mean price.
        case
            when is_seen_12 >= 3
                then
                    ({{ ratio('price_moment_12', 'price_relative_12') }} - {{ ratio('month_seen_12', 'is_seen_12') }})
                    * is_seen_12 * is_seen_12
                    / nullif(cast(is_seen_12 * month_square_12 - month_seen_12 * month_seen_12 as double), 0)
        end as trend_12,
        {{ ratio('discounted_quantity_12', 'sold_quantity_12') }} as discounted_share_12,
        cast(month_number - last_fall as double) as months_since_fall,
        cast(is_fall_12 as double) as falls_12
    from sums
)

select * from price_paths
