with stock_features as (select * from {{ ref('stock_features') }}),

demand_features as (select * from {{ ref('demand_features') }}),

items as (select * from {{ ref('items') }}),

-- Money goes back to decimals: their sums don't depend on the order of rows.
position_values as (
    select
        stock_features.item_id,
        stock_features.location_id,
        stock_features.valuation_date,
        items.category,
        stock_features.quantity,
        demand_features.daily_velocity_12,
        cast(stock_features.cost_value as {{ money_type() }}) as cost_value,
        case
            when demand_features.days_since_last_sale > {{ policy_constant('dead_stock_days') }}
                then cast(stock_features.cost_value as {{ money_type() }})
            else 0
        end as dead_value,
        {{ rounded_amount('stock_features.cost_value * stock_features.excess_share') }}
            as excess_value,
        {{ rounded_total('stock_features.cost_value / stock_features.coverage_months_6') }}
            as monthly_use_value,
        {{ rounded_total('stock_features.cost_value * stock_features.weighted_age_days') }} as aged_value
    from stock_features
    inner join demand_features
        on
            stock_features.item_id = demand_features.item_id
            and stock_features.location_id = demand_features.location_id
            and stock_features.valuation_date = demand_features.valuation_date
    inner join items on stock_features.item_id = items.item_id
)

select * from position_values
