{{ config(materialized='view') }}

-- What was known of a position beside how long its stock lasted; a training origin sees of that only what had come.
with position_features as (
    select * from {{ ref('position_features') }}
),

stock_durations as (
    select * from {{ ref('stock_durations') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

survival_examples as (
    select
        position_features.*,
        valuation_dates.month_number,
        stock_durations.is_dead_stock,
        stock_durations.months_to_sell_through,
        stock_durations.months_to_dead_stock
    from position_features
    inner join stock_durations
        on
            position_features.item_id = stock_durations.item_id
            and position_features.location_id = stock_durations.location_id
            and position_features.valuation_date = stock_durations.valuation_date
    inner join valuation_dates on position_features.valuation_date = valuation_dates.valuation_date
)

select * from survival_examples
