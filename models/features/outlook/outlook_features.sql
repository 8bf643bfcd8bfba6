{%- set horizon = var('horizon_months') -%}
-- What the coming months look like if demand goes on but for the season, and prices as their category's.
with price_outlooks as (select * from {{ ref('int_price_outlooks') }}),

demand_paces as (select * from {{ ref('int_demand_paces') }}),

stock_features as (select * from {{ ref('stock_features') }}),

items as (select * from {{ ref('items') }}),

outlooks as (
    select
        price_outlooks.*,
        (demand_paces.last_month_quantity + demand_paces.typical_month_quantity) / 2 as month_demand,
        {{ ratio('price_outlooks.present_price * (1 - items.selling_cost_rate)', 'stock_features.unit_cost') }}
            as proceeds_to_cost
    from price_outlooks
    inner join items on price_outlooks.item_id = items.item_id
    inner join demand_paces
        on
            price_outlooks.item_id = demand_paces.item_id
            and price_outlooks.location_id = demand_paces.location_id
            and price_outlooks.valuation_date = demand_paces.valuation_date
    inner join stock_features
        on
            price_outlooks.item_id = stock_features.item_id
            and price_outlooks.location_id = stock_features.location_id
            and price_outlooks.valuation_date = stock_features.valuation_date
),

outlook_features as (
    select
        item_id,
        location_id,
        valuation_date,
        least(120, coalesce(cast(quantity as double) / nullif(month_demand, 0), 120)) as outlook_coverage_months,
        {{ price_factor(horizon) }} - 1 as expected_price_change,
        proceeds_to_cost * {{ price_factor(horizon ~ ' / 2.0') }} - 1 as expected_margin_halfway,
        proceeds_to_cost * {{ price_factor(mean_sale_month(horizon, 'month_demand', 'quantity')) }} - 1
            as expected_margin_at_sale
    from outlooks
)

select * from outlook_features
