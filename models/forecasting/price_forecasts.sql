{{ config(meta={'known_by': none}) }}

-- The price of each coming month; that it stays as it is stands beside, as yardstick.
with price_outlooks as (
    select * from {{ ref('int_price_outlooks') }}
    where present_price > 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome or is_latest or flash_date is not null
),

items as (
    select * from {{ ref('items') }}
),

months_ahead as (
    select number + 1 as month_ahead from ({{ integer_series(35) }}) as numbers
),

price_forecasts as (
    select
        price_outlooks.item_id,
        price_outlooks.location_id,
        price_outlooks.valuation_date,
        months_ahead.month_ahead,
        {{ months_after('price_outlooks.valuation_date', 'months_ahead.month_ahead') }} as forecast_month,
        price_outlooks.present_price as present_net_price,
        {{ rounded_unit_value('present_price * ' ~ price_factor('months_ahead.month_ahead')) }} as expected_net_price,
        1 - exp(-price_outlooks.markdown_hazard * months_ahead.month_ahead) as markdown_probability
    from price_outlooks
    inner join valuation_dates on price_outlooks.valuation_date = valuation_dates.valuation_date
    inner join items on price_outlooks.item_id = items.item_id
    inner join months_ahead on items.horizon_months >= months_ahead.month_ahead
)

select * from price_forecasts
