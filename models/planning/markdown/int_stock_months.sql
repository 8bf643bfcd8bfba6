with stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

demand_forecasts as (
    select * from {{ ref('demand_forecasts') }}
),

price_forecasts as (
    select * from {{ ref('price_forecasts') }}
),

stock_months as (
    select
        stock_positions.item_id,
        stock_positions.location_id,
        demand_forecasts.month_ahead,
        demand_forecasts.forecast_month,
        demand_forecasts.expected_quantity,
        coalesce(price_forecasts.expected_net_price, stock_positions.expected_net_price) as expected_net_price
    from stock_positions
    inner join demand_forecasts
        on
            stock_positions.item_id = demand_forecasts.item_id
            and stock_positions.location_id = demand_forecasts.location_id
            and stock_positions.valuation_date = demand_forecasts.valuation_date
    left join price_forecasts
        on
            demand_forecasts.item_id = price_forecasts.item_id
            and demand_forecasts.location_id = price_forecasts.location_id
            and demand_forecasts.valuation_date = price_forecasts.valuation_date
            and demand_forecasts.month_ahead = price_forecasts.month_ahead
)

select * from stock_months
