-- Demand of each coming month over what the mean of the trimmed paces foresees, in steps of a twentieth up to ten.
-- Paces stand at every month end, so that there are months to learn from before a model makes its first forecast.
with demand_paces as (
    select * from {{ ref('int_demand_paces') }}
),

segments as (
    select * from {{ ref('segments') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
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
        valuation_dates.month_number,
        month_shares.month_ahead,
        {{ net_demand('demand_months') }} / greatest(
            1, demand_paces.trimmed_month_quantity * {{ var('horizon_months') }} * month_shares.month_share
        ) as relative
    from segments
    inner join valuation_dates on segments.valuation_date = valuation_dates.valuation_date
    cross join latest
    inner join items on segments.item_id = items.item_id
    inner join month_shares
        on
            items.category = month_shares.category
            and segments.valuation_date = month_shares.valuation_date
            and valuation_dates.month_number + month_shares.month_ahead <= latest.month_number
    inner join demand_paces
        on
            segments.item_id = demand_paces.item_id
            and segments.location_id = demand_paces.location_id
            and segments.valuation_date = demand_paces.valuation_date
    left join demand_months
        on
            segments.item_id = demand_months.item_id
            and segments.location_id = demand_months.location_id
            and valuation_dates.month_number + month_shares.month_ahead = demand_months.month_number
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
