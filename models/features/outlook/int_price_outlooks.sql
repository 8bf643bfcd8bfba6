-- A view: what is known of a position's price, in one place.
{{ config(materialized='view') }}

with present_prices as (
    select * from {{ ref('int_present_prices') }}
),

curves as (
    select * from {{ ref('int_price_curves') }}
),

price_outlooks as (
    select
        present_prices.item_id,
        present_prices.location_id,
        present_prices.valuation_date,
        present_prices.quantity,
        present_prices.present_price,
        curves.price_jump,
        curves.monthly_price_change,
        curves.markdown_hazard,
        curves.foreseen_share,
        curves.price_spread
    from present_prices
    inner join curves
        on
            present_prices.category = curves.category
            and present_prices.age_band = curves.age_band
            and present_prices.has_long_cover = curves.has_long_cover
            and present_prices.last_month_end = curves.valuation_date
)

select * from price_outlooks
