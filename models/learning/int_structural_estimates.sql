-- What the stock would lose if the coming months sold like the last ones but for the season and for what prices do, by
-- two paces: the last month, the latest news there is, and the median of the last three, which a single large order
-- does not move.
with position_features as (
    select * from {{ ref('position_features') }}
),

paces as (
    select * from {{ ref('int_demand_paces') }}
),

price_outlooks as (
    select * from {{ ref('int_price_outlooks') }}
),

items as (
    select * from {{ ref('items') }}
),

valued_paces as (
    select
        paces.item_id,
        paces.location_id,
        paces.valuation_date,
        paces.last_month_quantity,
        paces.typical_month_quantity,
        position_features.cost_value,
        cast(position_features.quantity as double) as quantity,
        cast(items.recovery_rate as double) as recovery_rate,
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
    inner join paces
        on
            position_features.item_id = paces.item_id
            and position_features.location_id = paces.location_id
            and position_features.valuation_date = paces.valuation_date
    inner join price_outlooks
        on
            position_features.item_id = price_outlooks.item_id
            and position_features.location_id = price_outlooks.location_id
            and position_features.valuation_date = price_outlooks.valuation_date
),

structural_estimates as (
    select
        *,
        {{ structural_loss_rate(var('horizon_months')) }} as structural_loss_rate
    from valued_paces
)

select * from structural_estimates
