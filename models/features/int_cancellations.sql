-- The inputs have no table of cancelled sales: what its buyer gives back on the day of the sale was not delivered
-- yet, nor was a return whose reason says so. Cancelled purchase orders are no part of it: their status has no date.
with movements as (select * from {{ ref('movements') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

sales as (
    select
        *,
        cast(moved_at as date) as day
    from movements
    where movement_type = 'sale'
),

returns as (
    select
        returned.item_id,
        returned.location_id,
        case when sales.movement_number is null then returned.customer_id end as customer_id,
        cast(returned.moved_at as date) as day,
        cast(last_day(returned.posted_on) as date) as month_end,
        returned.quantity_change as quantity,
        coalesce(
            lower(returned.reason) like '%cancel%' or sales.day = cast(returned.moved_at as date), false
        ) as is_told
    from movements as returned
    left join sales on returned.linked_movement_number = sales.movement_number
    where returned.movement_type = 'customer_return'
),

return_days as (
    select
        item_id,
        location_id,
        customer_id,
        day,
        month_end,
        sum(case when is_told then quantity else 0 end) as told_quantity,
        sum(case when is_told then 0 else quantity end) as other_quantity
    from returns
    group by item_id, location_id, customer_id, day, month_end
),

-- Of a return that names no sale, what the same customer bought of the item on that day.
bought as (
    select
        item_id,
        location_id,
        customer_id,
        day,
        -sum(quantity_change) as quantity
    from sales
    where customer_id is not null and posted_on = day
    group by item_id, location_id, customer_id, day
),

cancellations as (
    select
        return_days.item_id,
        return_days.location_id,
        valuation_dates.month_number,
        sum(told_quantity + least(other_quantity, coalesce(bought.quantity, 0))) as cancelled_quantity
    from return_days
    inner join valuation_dates on return_days.month_end = valuation_dates.valuation_date
    left join bought
        on
            return_days.item_id = bought.item_id
            and return_days.location_id = bought.location_id
            and return_days.customer_id = bought.customer_id
            and return_days.day = bought.day
    group by return_days.item_id, return_days.location_id, valuation_dates.month_number
)

select * from cancellations
where cancelled_quantity > 0
