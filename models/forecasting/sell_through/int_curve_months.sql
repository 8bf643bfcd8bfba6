{{ config(materialized='view') }}

with demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome or is_latest or flash_date is not null
),

month_shares as (
    select * from {{ ref('int_month_shares') }}
),

cumulated_shares as (
    select
        category,
        valuation_date,
        month_ahead,
        least(sum({{ rounded_total('month_share') }}) over (
            partition by category, valuation_date order by month_ahead nulls last
            rows between unbounded preceding and current row
        ), 1) as cumulated_share
    from month_shares
),

curve_months as (
    select
        demand_distributions.item_id,
        demand_distributions.location_id,
        demand_distributions.valuation_date,
        cumulated_shares.month_ahead,
        demand_distributions.quantity,
        demand_distributions.expected_demand_quantity,
        demand_distributions.demand_variation,
        cast(cumulated_shares.cumulated_share as double) as cumulated_share
    from demand_distributions
    inner join valuation_dates on demand_distributions.valuation_date = valuation_dates.valuation_date
    inner join items on demand_distributions.item_id = items.item_id
    inner join cumulated_shares
        on
            items.category = cumulated_shares.category
            and demand_distributions.valuation_date = cumulated_shares.valuation_date
)

select * from curve_months
