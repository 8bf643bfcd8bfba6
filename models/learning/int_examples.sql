{{ config(materialized='view') }}

-- What was known of a position beside what later happened to it; the label is null until it is known.
with position_features as (
    select * from {{ ref('position_features') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

moving_average_forecasts as (
    select * from {{ ref('moving_average_forecasts') }}
),

structural_estimates as (
    select * from {{ ref('int_structural_estimates') }}
),

rule_rates as (
    select * from {{ ref('int_rule_rates') }}
),

demand_paces as (
    select * from {{ ref('int_demand_paces') }}
),

items as (
    select * from {{ ref('items') }}
),

examples as (
    select
        position_features.*,
        greatest(1, {{ var('horizon_months') }} * demand_paces.trimmed_month_quantity) as demand_level,
        moving_average_forecasts.moving_average_quantity,
        rule_rates.static_ageing_rate,
        rule_rates.calibrated_ageing_rate,
        rule_rates.calibrated_recency_rate,
        rule_rates.calibrated_coverage_rate,
        rule_rates.movement_rate_rate,
        structural_estimates.structural_loss_rate,
        realised_outcomes.realised_loss_rate,
        greatest(
            realised_outcomes.realised_loss_rate
            - cast(items.recovery_rate as double) * cast(realised_outcomes.written_off_quantity as double)
            / nullif(cast(realised_outcomes.quantity as double), 0),
            0
        ) as ordinary_loss_rate,
        cast(realised_outcomes.is_obsolete as double) as is_obsolete,
        cast(realised_demand.demand_quantity as double) as realised_demand_quantity
    from position_features
    inner join moving_average_forecasts
        on
            position_features.item_id = moving_average_forecasts.item_id
            and position_features.location_id = moving_average_forecasts.location_id
            and position_features.valuation_date = moving_average_forecasts.valuation_date
    inner join structural_estimates
        on
            position_features.item_id = structural_estimates.item_id
            and position_features.location_id = structural_estimates.location_id
            and position_features.valuation_date = structural_estimates.valuation_date
    inner join demand_paces
        on
            position_features.item_id = demand_paces.item_id
            and position_features.location_id = demand_paces.location_id
            and position_features.valuation_date = demand_paces.valuation_date
    inner join items on position_features.item_id = items.item_id
    left join rule_rates
        on
            position_features.item_id = rule_rates.item_id
            and position_features.location_id = rule_rates.location_id
            and position_features.valuation_date = rule_rates.valuation_date
    left join realised_outcomes
        on
            position_features.item_id = realised_outcomes.item_id
            and position_features.location_id = realised_outcomes.location_id
            and position_features.valuation_date = realised_outcomes.valuation_date
    left join realised_demand
        on
            position_features.item_id = realised_demand.item_id
            and position_features.location_id = realised_demand.location_id
            and position_features.valuation_date = realised_demand.valuation_date
)

select * from examples
