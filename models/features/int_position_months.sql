{{ config(meta={'known_by': 'coalesce(flash_date, month_end)'}) }}

-- A gap-free calendar from a position's first movement on: a window of months is a frame of rows.
with movement_months as (select * from {{ ref('int_movement_months') }}),

demand_months as (select * from {{ ref('demand_months') }}),

months as (
    select distinct flash_date, month_number, month_end, valuation_date
    from {{ ref('int_month_days') }}
),

first_months as (
    select
        item_id,
        location_id,
        flash_date,
        min(month_end) as first_month_end
    from movement_months
    group by item_id, location_id, flash_date
),

calendar as (
    select
        first_months.item_id,
        first_months.location_id,
        months.*
    from first_months
    inner join months
        on
            first_months.flash_date is not distinct from months.flash_date
            and first_months.first_month_end <= months.month_end
),

position_months as (
    select
        calendar.item_id,
        calendar.location_id,
        calendar.valuation_date,
        calendar.month_number,
        calendar.flash_date,
        calendar.month_end,
        row_number() over to_date as months_observed,
        cast(sum(movement_months.quantity_change) over to_date as {{ quantity_type() }}) as on_hand_quantity,
        coalesce(demand_months.sold_quantity, 0) as sold_quantity,
        coalesce(demand_months.returned_quantity, 0) as returned_quantity,
        coalesce(demand_months.sold_quantity, 0) - coalesce(demand_months.returned_quantity, 0)
            as demand_quantity,
        coalesce(demand_months.net_amount, 0) as net_amount,
        coalesce(demand_months.list_amount, 0) as list_amount,
        coalesce(demand_months.order_count, 0) as order_count,
        coalesce(movement_months.received_quantity, 0) as received_quantity,
        movement_months.received_value,
        coalesce(movement_months.receipt_count, 0) as receipt_count,
        coalesce(movement_months.written_off_quantity, 0) as written_off_quantity,
        min(movement_months.first_sold_on) over to_date as first_sold_on,
        max(movement_months.last_sold_on) over to_date as last_sold_on,
        min(movement_months.first_received_on) over to_date as first_received_on,
        max(movement_months.last_received_on) over to_date as last_received_on,
        max(movement_months.days_in_stock_to_date) over to_date as days_in_stock_before,
        min(movement_months.first_posted_on) over to_date as first_posted_on,
        max(movement_months.last_posted_on) over to_date as last_posted_on
    from calendar
    left join movement_months
        on
            calendar.item_id = movement_months.item_id
            and calendar.location_id = movement_months.location_id
            and calendar.flash_date is not distinct from movement_months.flash_date
            and calendar.month_end = movement_months.month_end
    left join demand_months
        on
            calendar.item_id = demand_months.item_id
            and calendar.location_id = demand_months.location_id
            and calendar.flash_date is not distinct from demand_months.flash_date
            and calendar.month_end = demand_months.month_end
    window to_date as (
        partition by calendar.item_id, calendar.location_id, calendar.flash_date
        order by calendar.month_number nulls last
        rows between unbounded preceding and current row
    )
),

stock_days_counted as (
    select
        *,
        days_in_stock_before
        + case
            when on_hand_quantity > 0 then {{ days_between('last_posted_on', 'month_end') }}
            else 0
        end as days_in_stock_to_date,
        {{ days_between('first_posted_on', 'month_end') }} + 1 as days_observed_to_date
    from position_months
)

select * from stock_days_counted
