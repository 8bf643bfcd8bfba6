-- Four weeks to a month, the last one longer: weeks that never straddle a month end can be added up.
with demand_days as (
    select * from {{ ref('demand_days') }}
    where sold_quantity > 0
),

sale_days as (
    select
        item_id,
        location_id,
        cast(last_day(day) as date) as valuation_date,
        least(4, cast(floor((extract(day from day) + 6) / 7) as bigint)) as week_of_month,
        sold_quantity,
        {{ days_between('lag(day) over (partition by item_id, location_id order by day nulls last)', 'day') }}
            as gap_days
    from demand_days
),

sale_weeks as (
    select
        item_id,
        location_id,
        valuation_date,
        week_of_month,
        cast(count(*) as bigint) as sale_days,
        sum(sold_quantity) as sold_quantity,
        sum({{ squared('sold_quantity') }}) as day_square,
        cast(count(gap_days) as bigint) as gaps,
        cast(sum(gap_days) as bigint) as gap_days,
        cast(sum(gap_days * gap_days) as bigint) as gap_square,
        max(gap_days) as longest_gap_days
    from sale_days
    group by item_id, location_id, valuation_date, week_of_month
),

sale_day_months as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum(sale_days) as bigint) as sale_days,
        cast(count(*) as bigint) as sale_weeks,
        sum(day_square) as day_square,
        sum({{ squared('sold_quantity') }}) as week_square,
        max(sold_quantity) as largest_week_quantity,
        cast(sum(gaps) as bigint) as gaps,
        cast(sum(gap_days) as bigint) as gap_days,
        cast(sum(gap_square) as bigint) as gap_square,
        max(longest_gap_days) as longest_gap_days
    from sale_weeks
    group by item_id, location_id, valuation_date
)

select * from sale_day_months
