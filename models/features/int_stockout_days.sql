with stg_stockouts as (select * from {{ ref('stg_stockouts') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

demand_features as (select * from {{ ref('demand_features') }}),

paces as (
    select
        item_id,
        location_id,
        valuation_date as paced_on,
        daily_velocity_3,
        lead(valuation_date) over (partition by item_id, location_id order by valuation_date nulls last)
            as next_paced_on
    from demand_features
),

-- What a stockout turned away is told by the last month end with stock before it.
stockouts as (
    select
        stg_stockouts.item_id,
        stg_stockouts.location_id,
        cast(stg_stockouts.started_at as date) as started_on,
        cast(stg_stockouts.ended_at as date) as ended_on,
        paces.daily_velocity_3
    from stg_stockouts
    left join paces
        on
            stg_stockouts.item_id = paces.item_id
            and stg_stockouts.location_id = paces.location_id
            and cast(stg_stockouts.started_at as date) > paces.paced_on
            and coalesce(cast(stg_stockouts.started_at as date) <= paces.next_paced_on, true)
),

-- A stockout that ends after the valuation date counts as still running on it.
spans as (
    select
        stockouts.*,
        valuation_dates.valuation_date,
        {{ days_between(
            'greatest(started_on, ' ~ add_months('valuation_date', -12) ~ ')', 'least(ended_on, valuation_date)'
        ) }} as days
    from stockouts
    inner join valuation_dates
        on
            stockouts.started_on <= valuation_dates.valuation_date
            and coalesce(stockouts.ended_on >= {{ add_months('valuation_dates.valuation_date', -12) }}, true)
),

stockout_days as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum(days) as bigint) as stockout_days_12,
        sum(cast(round(days * daily_velocity_3, 6) as decimal(38, 6))) as stockout_demand_12
    from spans
    group by item_id, location_id, valuation_date
)

select * from stockout_days
