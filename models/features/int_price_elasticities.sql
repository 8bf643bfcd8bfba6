{%- set facts = ['x', 'y', 'xx', 'xy'] -%}
-- Log units per day in stock on log price, within an item's own months. Markdowns follow weak demand, and few months
-- say little: an item's slope is drawn to its category's as if that had been seen in 25 months of 10 % price spread.
with position_months as (select * from {{ ref('int_position_months') }}),

items as (select * from {{ ref('items') }}),

days_counted as (
    select
        *,
        days_in_stock_to_date - coalesce(lag(days_in_stock_to_date) over months, 0) as stock_days
    from position_months
    window months as (partition by item_id, location_id, flash_date order by month_number nulls last)
),

logs as (
    select
        *,
        case when sold_quantity > 0 and net_amount > 0 and stock_days > 0 then 1 else 0 end as is_seen,
        case
            when sold_quantity > 0 and net_amount > 0 and stock_days > 0
                then round(ln(cast(net_amount as double) / cast(sold_quantity as double)), 6)
        end as x,
        case
            when sold_quantity > 0 and net_amount > 0 and stock_days > 0
                then round(ln(cast(sold_quantity as double) / stock_days), 6)
        end as y
    from days_counted
),

products as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        flash_date,
        is_seen,
        cast(x as decimal(18, 9)) as x,
        cast(y as decimal(18, 9)) as y,
        cast(round(x * x, 9) as decimal(18, 9)) as xx,
        cast(round(x * y, 9) as decimal(18, 9)) as xy
    from logs
),

sums as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for fact in facts -%}
        {{ rolling_sum(fact, 12) }} as {{ fact }}_12,
        {% endfor -%}
        {{ rolling_sum('is_seen', 12) }} as months_12
    from products
),

spreads as (
    select
        sums.item_id,
        sums.location_id,
        sums.valuation_date,
        items.category,
        cast(round(greatest(0, xx_12 - {{ ratio('x_12', 'months_12') }} * x_12), 9) as decimal(18, 9)) as price_spread,
        cast(round(xy_12 - {{ ratio('x_12', 'months_12') }} * y_12, 9) as decimal(18, 9)) as joint_spread
    from sums
    inner join items on sums.item_id = items.item_id
    where sums.valuation_date is not null
),

category_slopes as (
    select
        category,
        valuation_date,
        case
            when sum(price_spread) > 0
                then least(1, greatest(-6, {{ ratio('sum(joint_spread)', 'sum(price_spread)') }}))
        end as elasticity
    from spreads
    group by category, valuation_date
),

price_elasticities as (
    select
        spreads.item_id,
        spreads.location_id,
        spreads.valuation_date,
        category_slopes.elasticity as category_elasticity,
        (coalesce(joint_spread, 0) + 0.25 * category_slopes.elasticity) / (coalesce(price_spread, 0) + 0.25e0)
            as elasticity
    from spreads
    inner join category_slopes
        on
            spreads.category = category_slopes.category
            and spreads.valuation_date = category_slopes.valuation_date
)

select * from price_elasticities
