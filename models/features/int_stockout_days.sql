with stg_stockouts as (select * from {{ ref('stg_stockouts') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

-- A stockout that ends after the valuation date counts as still running on it.
spans as (
    select
        stg_stockouts.item_id,
        stg_stockouts.location_id,
        valuation_dates.valuation_date,
        greatest(
            cast(stg_stockouts.started_at as date),
            {{ add_months('valuation_dates.valuation_date', -12) }}
        ) as from_day,
        least(cast(stg_stockouts.ended_at as date), valuation_dates.valuation_date) as to_day
    from stg_stockouts
    inner join valuation_dates
        on
            cast(stg_stockouts.started_at as date) <= valuation_dates.valuation_date
            and coalesce(
                cast(stg_stockouts.ended_at as date)
                >= {{ add_months('valuation_dates.valuation_date', -12) }},
                true
            )
),

stockout_days as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum({{ days_between('from_day', 'to_day') }}) as bigint) as stockout_days_12
    from spans
    group by item_id, location_id, valuation_date
)

select * from stockout_days
