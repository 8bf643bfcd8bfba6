-- The last two, so that a month that is built again can start from the one before it. A pool's costs and its positions'
-- layers would need two memories: pooled costs start from nothing.
{{ config(materialized='view') }}

with valuation_dates as (
    select
        valuation_date as state_date,
        row_number() over (order by valuation_date desc nulls last) as age
    from {{ ref('valuation_dates') }}
),

state_dates as (
    select state_date
    from valuation_dates
    where age <= {{ 0 if is_pooled() else 2 }}
)

select * from state_dates
