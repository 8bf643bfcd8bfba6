-- What the units on hand would lose, each for itself, as outcomes are measured: those that the forecast sells go at the
-- prices then to expect, the others fall to recovery.
with position_features as (
    select * from {{ ref('position_features') }}
),

demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

price_outlooks as (
    select * from {{ ref('int_price_outlooks') }}
),

items as (
    select * from {{ ref('items') }}
),

valued as (
    select
        demand_distributions.item_id,
        demand_distributions.location_id,
        demand_distributions.valuation_date,
        demand_distributions.expected_demand_quantity,
        demand_distributions.demand_variation,
        1 - demand_distributions.sold_rate as unsold_rate,
        1 - demand_distributions.earlier_sold_rate as earlier_unsold_rate,
        demand_distributions.earlier_demand_quantity,
        position_features.cost_value,
        cast(position_features.quantity as double) as quantity,
        cast(items.recovery_rate as double) as recovery_rate,
        items.horizon_months,
        case
            when position_features.cost_value > 0
                then cast(price_outlooks.present_price as double) * (1 - cast(items.selling_cost_rate as double))
                / (position_features.cost_value / position_features.quantity)
        end as proceeds_to_cost,
        price_outlooks.price_jump,
        price_outlooks.monthly_price_change,
        price_outlooks.foreseen_share,
        price_outlooks.price_spread
    from position_features
    inner join items on position_features.item_id = items.item_id
    inner join demand_distributions
        on
            position_features.item_id = demand_distributions.item_id
            and position_features.location_id = demand_distributions.location_id
            and position_features.valuation_date = demand_distributions.valuation_date
    inner join price_outlooks
        on
            position_features.item_id = price_outlooks.item_id
            and position_features.location_id = price_outlooks.location_id
            and position_features.valuation_date = price_outlooks.valuation_date
),

sell_through_losses as (
    select
        *,
        {{ sell_through_loss_rate('unsold_rate', 'expected_demand_quantity', 'horizon_months') }}
            as sell_through_loss_rate,
        {{ sell_through_loss_rate('earlier_unsold_rate', 'earlier_demand_quantity', 'horizon_months') }}
            as earlier_loss_rate
    from valued
)

select * from sell_through_losses
