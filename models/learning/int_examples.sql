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

{% set horizon = var('horizon_months') -%}
examples as (
    select
        position_features.*,
        greatest(
            1,
            {{ horizon }} * 30.4375 / 2
            * (greatest(coalesce(daily_velocity_3, 0), 0) + greatest(coalesce(daily_velocity_12, 0), 0))
        ) as demand_level,
        moving_average_forecasts.moving_average_quantity,
        realised_outcomes.realised_loss_rate,
        cast(realised_outcomes.is_obsolete as double) as is_obsolete,
        cast(realised_demand.demand_quantity as double) as realised_demand_quantity
    from position_features
    inner join moving_average_forecasts
        on
            position_features.item_id = moving_average_forecasts.item_id
            and position_features.location_id = moving_average_forecasts.location_id
            and position_features.valuation_date = moving_average_forecasts.valuation_date
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
