-- Stock that is dead already can no longer die, so it has no row for that event.
with stock_durations as (
    select * from {{ ref('stock_durations') }}
),

segments as (
    select * from {{ ref('segments') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

durations as (
    select
        item_id,
        location_id,
        valuation_date,
        'sell_through' as target,
        months_to_sell_through as months_to_event
    from stock_durations
    union all
    select
        item_id,
        location_id,
        valuation_date,
        'dead_stock' as target,
        months_to_dead_stock as months_to_event
    from stock_durations
    where not is_dead_stock
),

stock_events as (
    select
        durations.*,
        segments.segment,
        valuation_dates.month_number
    from durations
    inner join segments
        on
            durations.item_id = segments.item_id
            and durations.location_id = segments.location_id
            and durations.valuation_date = segments.valuation_date
    inner join valuation_dates on durations.valuation_date = valuation_dates.valuation_date
)

select * from stock_events
