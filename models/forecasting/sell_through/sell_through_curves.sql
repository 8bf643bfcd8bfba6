{{ config(materialized='view') }}

-- A reading of the demand's distribution against the stock on hand: a discrete-time survival curve of its units.
with unsold_rates as (
    select * from {{ ref('int_unsold_rates') }}
),

sell_through_curves as (
    select
        item_id,
        location_id,
        valuation_date,
        month_ahead,
        {{ months_after('valuation_date', 'month_ahead') }} as forecast_month,
        unsold_rate
    from unsold_rates
)

select * from sell_through_curves
