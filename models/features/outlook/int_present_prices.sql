-- The latest net price at which a position sold, averaged over the shortest window with sales.
with on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

stock_features as (
    select * from {{ ref('stock_features') }}
),

price_features as (
    select * from {{ ref('price_features') }}
),

life_cycle_features as (
    select * from {{ ref('life_cycle_features') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

present_prices as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        valuation_dates.month_number,
        valuation_dates.flash_date,
        valuation_dates.last_month_end,
        items.category,
        {{ age_band('life_cycle_features.days_since_launch / 30.4') }} as age_band,
        case when stock_features.coverage_months_3 > {{ policy_constant('long_cover_months') }} then 1 else 0 end
            as has_long_cover,
        on_hand.quantity,
        {{ rounded_unit_value('coalesce(
            price_features.net_price_3, price_features.net_price_6, price_features.net_price_12,
            price_features.last_net_price
        )') }} as present_price
    from on_hand
    inner join items on on_hand.item_id = items.item_id
    inner join valuation_dates on on_hand.valuation_date = valuation_dates.valuation_date
    inner join stock_features
        on
            on_hand.item_id = stock_features.item_id
            and on_hand.location_id = stock_features.location_id
            and on_hand.valuation_date = stock_features.valuation_date
    inner join price_features
        on
            on_hand.item_id = price_features.item_id
            and on_hand.location_id = price_features.location_id
            and on_hand.valuation_date = price_features.valuation_date
    inner join life_cycle_features
        on
            on_hand.item_id = life_cycle_features.item_id
            and on_hand.location_id = life_cycle_features.location_id
            and on_hand.valuation_date = life_cycle_features.valuation_date
)

select * from present_prices
