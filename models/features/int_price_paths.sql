-- The average net price of each month with sales, and what it did over the last twelve.
with position_months as (select * from {{ ref('int_position_months') }}),

monthly_prices as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        sold_quantity,
        case when list_amount > 1.05 * net_amount then sold_quantity else 0 end as discounted_quantity,
        case when sold_quantity > 0 then 1 else 0 end as is_seen,
        cast(round({{ ratio('net_amount', 'nullif(sold_quantity, 0)') }}, 4) as decimal(18, 4)) as net_price
    from position_months
),

products as (
    select
        *,
        case when is_seen = 1 then month_number else 0 end as month_seen,
        case when is_seen = 1 then month_number * month_number else 0 end as month_square,
        cast(round(power(cast(net_price as double), 2), 4) as decimal(38, 4)) as price_square,
        cast(round(cast(net_price as double) * month_number, 4) as decimal(28, 4)) as price_moment,
        {{ running_max(
            'case when is_seen = 1 then month_number end'
        ) }} as last_month_seen
    from monthly_prices
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
            'is_seen', 'net_price', 'price_square', 'price_moment', 'month_seen', 'month_square', 'is_fall',
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
                    0, is_seen_12 * {{ ratio('price_square_12', 'power(cast(net_price_12 as double), 2)') }} - 1
                ))
        end as volatility_12,
        -- Slope of the least squares line through the months with sales, over their mean price.
        case
            when is_seen_12 >= 3
                then
                    ({{ ratio('price_moment_12', 'net_price_12') }} - {{ ratio('month_seen_12', 'is_seen_12') }})
                    * is_seen_12 * is_seen_12
                    / nullif(cast(is_seen_12 * month_square_12 - month_seen_12 * month_seen_12 as double), 0)
        end as trend_12,
        {{ ratio('discounted_quantity_12', 'sold_quantity_12') }} as discounted_share_12,
        cast(month_number - last_fall as double) as months_since_fall,
        cast(is_fall_12 as double) as falls_12
    from sums
)

select * from price_paths
