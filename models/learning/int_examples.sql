{{ config(materialized='view') }}

-- What was known of a position beside what later happened to it; the label is null until it is known.
with position_features as (
    select * from {{ ref('position_features') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

sell_through_losses as (
    select * from {{ ref('int_sell_through_losses') }}
),

rule_rates as (
    select * from {{ ref('int_rule_rates') }}
),

net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

items as (
    select * from {{ ref('items') }}
),

examples as (
    select
        position_features.*,
        rule_rates.static_ageing_rate,
        rule_rates.calibrated_ageing_rate,
        rule_rates.calibrated_recency_rate,
        rule_rates.calibrated_coverage_rate,
        rule_rates.movement_rate_rate,
        sell_through_losses.sell_through_loss_rate,
        sell_through_losses.earlier_loss_rate,
        {{ ratio(
            'net_realizable_values.expected_shortfall_amount', 'net_realizable_values.cost_value'
        ) }} as nrv_loss_rate,
        realised_outcomes.known_on,
        realised_outcomes.realised_loss_rate,
        greatest(
            realised_outcomes.realised_loss_rate
            - cast(items.recovery_rate as double) * cast(realised_outcomes.written_off_quantity as double)
            / nullif(cast(realised_outcomes.quantity as double), 0),
            0
        ) as ordinary_loss_rate,
        cast(realised_outcomes.is_obsolete as double) as is_obsolete
    from position_features
    inner join sell_through_losses
        on
            position_features.item_id = sell_through_losses.item_id
            and position_features.location_id = sell_through_losses.location_id
            and position_features.valuation_date = sell_through_losses.valuation_date
    left join net_realizable_values
        on
            position_features.item_id = net_realizable_values.item_id
            and position_features.location_id = net_realizable_values.location_id
            and position_features.valuation_date = net_realizable_values.valuation_date
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
)

select * from examples
