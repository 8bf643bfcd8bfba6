{{ config(materialized='view') }}

with sell_through_losses as (
    select * from {{ ref('int_sell_through_losses') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

scenarios as (
    select * from {{ ref('sensitivity_scenarios') }}
),

scenario_demands as (
    select
        sell_through_losses.item_id,
        sell_through_losses.location_id,
        sell_through_losses.valuation_date,
        scenarios.scenario,
        greatest(sell_through_losses.horizon_months + scenarios.horizon_change_months, 0) as horizon_months,
        sell_through_losses.quantity,
        sell_through_losses.expected_demand_quantity,
        sell_through_losses.demand_variation,
        cast(
            scenarios.demand_factor * greatest(sell_through_losses.horizon_months + scenarios.horizon_change_months, 0)
            / sell_through_losses.horizon_months as double
        ) as cumulated_share
    from sell_through_losses
    inner join valuation_dates on sell_through_losses.valuation_date = valuation_dates.valuation_date
    cross join scenarios
)

select * from scenario_demands
