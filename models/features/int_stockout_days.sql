{{ config(materialized='view') }}

-- A stockout that ends after the valuation date counts as still running on it.
with stg_stockouts as (select * from {{ ref('stg_stockouts') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

stockouts as (
    select
        item_id,
        location_id,
        cast(started_at as date) as started_on,
        cast(ended_at as date) as ended_on
    from stg_stockouts
),

spans as (
    select
        stockouts.item_id,
        stockouts.location_id,
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
        cast(sum(days) as bigint) as stockout_days_12
    from spans
    group by item_id, location_id, valuation_date
)

select * from stockout_days
