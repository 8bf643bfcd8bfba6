-- An adjustment belongs to the last count before it, so that none is taken twice. What had happened by a count and
-- entered the books only after its month is no variance of the stock either.
with count_books as (
    select * from {{ ref('int_count_books') }}
),

items as (
    select * from {{ ref('items') }}
),

count_tolerances as (
    select * from {{ ref('count_tolerances') }}
),

governed as (
    select
        count_books.*,
        coalesce(own_policy.booking_days, default_policy.booking_days) as booking_days
    from count_books
    inner join items on count_books.item_id = items.item_id
    left join count_tolerances as own_policy on items.category = own_policy.category
    inner join count_tolerances as default_policy on default_policy.category = '*'
),

movements as (
    select
        *,
        movement_type in ('adjustment_in', 'adjustment_out') and lower(coalesce(reason, '')) in ('count', 'found')
            as is_for_a_count
    from {{ ref('movements') }}
),

explaining as (
    select *
    from movements
    where is_for_a_count or posted_at > moved_at
),

matched as (
    select
        governed.count_id,
        governed.item_id,
        governed.location_id,
        explaining.quantity_change,
        explaining.is_for_a_count
        and explaining.moved_at >= governed.counted_at
        and coalesce(explaining.moved_at < governed.next_counted_at, true)
        and {{ days_between('governed.counted_at', 'explaining.moved_at') }} <= governed.booking_days
            as is_adjustment,
        explaining.posted_at > governed.counted_at
        and (
            explaining.moved_at < governed.counted_at
            or (explaining.moved_at = governed.counted_at and not explaining.is_for_a_count)
        ) as is_late
    from governed
    inner join explaining
        on
            governed.item_id = explaining.item_id
            and governed.location_id = explaining.location_id
),

count_bookings as (
    select
        count_id,
        item_id,
        location_id,
        cast(sum(case when is_adjustment then quantity_change else 0 end) as {{ quantity_type() }})
            as booked_adjustment_quantity,
        cast(sum(case when is_late then quantity_change else 0 end) as {{ quantity_type() }})
            as booked_late_quantity
    from matched
    group by count_id, item_id, location_id
)

select * from count_bookings
