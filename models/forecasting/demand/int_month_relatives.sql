-- Demand of each coming month over what the mean of the trimmed paces foresees, in steps of a twentieth up to ten.
-- Paces stand at every month end, so that there are months to learn from before a model makes its first forecast.
with stock_looks as (
    select * from {{ ref('int_stock_looks') }}
    where flash_date is null
),

segments as (
    select * from {{ ref('segments') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where flash_date is null
),

items as (
    select * from {{ ref('items') }}
),

month_shares as (
    select * from {{ ref('int_month_shares') }}
),

latest as (
    select max(month_number) as month_number from valuation_dates
),

relatives as (
    select
        segments.segment,
        stock_looks.month_number,
        month_shares.month_ahead,
        {{ net_demand('demand_months') }} / greatest(
            1, stock_looks.trimmed_month_quantity * stock_looks.horizon_months * month_shares.month_share
        ) as relative
    from stock_looks
    cross join latest
    inner join items on stock_looks.item_id = items.item_id
    inner join segments
        on
            stock_looks.item_id = segments.item_id
            and stock_looks.location_id = segments.location_id
            and stock_looks.valuation_date = segments.valuation_date
    inner join month_shares
        on
            items.category = month_shares.category
            and stock_looks.valuation_date = month_shares.valuation_date
            and stock_looks.month_number + month_shares.month_ahead <= latest.month_number
    left join demand_months
        on
            stock_looks.item_id = demand_months.item_id
            and stock_looks.location_id = demand_months.location_id
            and stock_looks.month_number + month_shares.month_ahead = demand_months.month_number
),

month_relatives as (
    select
        segment,
        month_number,
        month_ahead,
        cast(least(floor(20 * relative), 200) as bigint) as step,
        count(*) as month_count
    from relatives
    group by segment, month_number, month_ahead, cast(least(floor(20 * relative), 200) as bigint)
)

select * from month_relatives
