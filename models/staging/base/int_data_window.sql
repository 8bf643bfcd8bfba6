-- The clock plays no part, so that a rebuild is identical: the last day is the last one with
-- trade of ordinary density, and stray dates lie far outside what nearly all rows span.
with sales_days as (
    select
        cast(sold_at as date) as day,
        count(*) as row_count
    from ({{ read_source('sales', ['sold_at']) }})
    where sold_at is not null
    group by 1
),

cumulated as (
    select
        day,
        row_count,
        sum(row_count) over (order by day nulls last rows unbounded preceding) as rows_so_far,
        sum(row_count) over () as all_rows
    from sales_days
),

bounds as (
    select
        cast(min(case when rows_so_far >= 0.01 * all_rows then day end) - 45 as date)
            as earliest_day,
        cast(min(case when rows_so_far >= 0.99 * all_rows then day end) + 45 as date) as latest_day,
        0.05 * median(row_count) as ordinary_row_count
    from cumulated
),

opening as (
    select mode(as_of) as opening_day
    from ({{ read_source('opening_stock', ['as_of']) }})
),

data_window as (
    select
        coalesce(
            min(opening.opening_day),
            min(case when sales_days.day >= bounds.earliest_day then sales_days.day end)
        ) as first_day,
        max(
            case
                when
                    sales_days.day <= bounds.latest_day
                    and sales_days.row_count >= bounds.ordinary_row_count
                    then sales_days.day
            end
        ) as last_day
    from sales_days
    cross join bounds
    cross join opening
)

select * from data_window
