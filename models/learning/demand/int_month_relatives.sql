-- Demand of each coming month over the mean of the trimmed paces, in steps of a twentieth up to ten. Paces stand at
-- every month end, so that there are months to learn from before a model makes its first forecast.
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

months_ahead as (
    select number + 1 as month_ahead from ({{ integer_series(var('horizon_months') - 1) }}) as numbers
),

latest as (
    select max(month_number) as month_number from valuation_dates
),

relatives as (
    select
        segments.segment,
        valuation_dates.month_number,
        months_ahead.month_ahead,
        {{ net_demand('demand_months') }} / greatest(1, (
            demand_paces.trimmed_month_quantity_4 + demand_paces.trimmed_month_quantity_6
            + demand_paces.trimmed_month_quantity_12
        ) / 3) as relative
    from segments
    inner join valuation_dates on segments.valuation_date = valuation_dates.valuation_date
    cross join latest
    inner join months_ahead on valuation_dates.month_number + months_ahead.month_ahead <= latest.month_number
    inner join demand_paces
        on
            segments.item_id = demand_paces.item_id
            and segments.location_id = demand_paces.location_id
            and segments.valuation_date = demand_paces.valuation_date
    left join demand_months
        on
            segments.item_id = demand_months.item_id
            and segments.location_id = demand_months.location_id
            and valuation_dates.month_number + months_ahead.month_ahead = demand_months.month_number
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
