-- The latest net price at which a position sold, averaged over the shortest window with sales.
with position_features as (
    select * from {{ ref('position_features') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

present_prices as (
    select
        position_features.item_id,
        position_features.location_id,
        position_features.valuation_date,
        valuation_dates.month_number,
        items.category,
        {{ age_band('position_features.days_since_launch / 30.4') }} as age_band,
        position_features.quantity,
        {{ rounded_amount('coalesce(
            position_features.net_price_3, position_features.net_price_6, position_features.net_price_12,
            position_features.last_net_price
        )') }} as present_price
    from position_features
    inner join items on position_features.item_id = items.item_id
    inner join valuation_dates on position_features.valuation_date = valuation_dates.valuation_date
)

select * from present_prices
