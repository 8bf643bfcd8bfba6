-- How long goods were under way to a location, and what of a position's supply came so, over the last twelve months.
with movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('transfer_out', 'transfer_in', 'receipt')
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

arrivals as (
    select
        movements.item_id,
        movements.location_id,
        last_day(movements.posted_on) as month_end,
        movements.quantity_change,
        departures.movement_number is not null as is_transfer,
        {{ days_between('departures.moved_at', 'movements.moved_at') }} as transfer_days
    from movements
    left join movements as departures on movements.linked_movement_number = departures.movement_number
    where movements.movement_type in ('transfer_in', 'receipt')
),

monthly_arrivals as (
    select
        item_id,
        location_id,
        month_end,
        sum(quantity_change) as received_quantity,
        sum(case when is_transfer then quantity_change else 0 end) as transferred_quantity,
        sum(case when is_transfer then 1 else 0 end) as transfer_count,
        sum(case when is_transfer then transfer_days else 0 end) as transfer_days,
        sum(case when is_transfer then transfer_days * transfer_days else 0 end) as transfer_days_squared
    from arrivals
    group by item_id, location_id, month_end
),

transfer_times as (
    select
        monthly_arrivals.item_id,
        monthly_arrivals.location_id,
        valuation_dates.valuation_date,
        sum(monthly_arrivals.received_quantity) as received_quantity,
        sum(monthly_arrivals.transferred_quantity) as transferred_quantity,
        {{ ratio('sum(monthly_arrivals.transfer_days)', 'sum(monthly_arrivals.transfer_count)') }} as transfer_days,
        sqrt(greatest(
            {{ ratio('sum(monthly_arrivals.transfer_days_squared)', 'sum(monthly_arrivals.transfer_count)') }}
            - power({{ ratio('sum(monthly_arrivals.transfer_days)', 'sum(monthly_arrivals.transfer_count)') }}, 2), 0
        )) as transfer_spread_days
    from monthly_arrivals
    inner join valuation_dates
        on
            monthly_arrivals.month_end <= valuation_dates.valuation_date
            and monthly_arrivals.month_end > {{ month_end_after('valuation_dates.valuation_date', -12) }}
    group by monthly_arrivals.item_id, monthly_arrivals.location_id, valuation_dates.valuation_date
)

select * from transfer_times
