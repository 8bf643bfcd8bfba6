with count_books as (
    select * from {{ ref('int_count_books') }}
),

count_bookings as (
    select * from {{ ref('int_count_bookings') }}
),

items as (
    select * from {{ ref('items') }}
),

count_tolerances as (
    select * from {{ ref('count_tolerances') }}
),

-- The cost by the build's costing method, at the moment of the count; of an empty position, its last one.
costed as (
    select
        count_books.*,
        items.category,
        items.standard_cost,
        cast(count_books.counted_quantity - count_books.book_quantity as {{ quantity_type() }}) as variance_quantity,
        coalesce(count_bookings.booked_adjustment_quantity, 0) as booked_adjustment_quantity,
        coalesce(count_bookings.booked_late_quantity, 0) as booked_late_quantity,
        coalesce(own_policy.tolerance_quantity, default_policy.tolerance_quantity) as least_tolerance,
        coalesce(own_policy.tolerance_rate, default_policy.tolerance_rate) as tolerance_rate,
        case
            when count_books.book_quantity > 0 and count_books.book_value > 0 then 'books at the count'
            when count_books.last_unit_cost is not null then 'last movement'
            when items.standard_cost is not null then 'standard cost'
            else 'none'
        end as cost_basis
    from count_books
    inner join items on count_books.item_id = items.item_id
    left join count_bookings
        on
            count_books.count_id = count_bookings.count_id
            and count_books.item_id = count_bookings.item_id
            and count_books.location_id = count_bookings.location_id
    left join count_tolerances as own_policy on items.category = own_policy.category
    inner join count_tolerances as default_policy on default_policy.category = '*'
),

compared as (
    select
        *,
        cast(variance_quantity - booked_adjustment_quantity - booked_late_quantity as {{ quantity_type() }})
            as open_variance_quantity,
        case cost_basis
            when 'books at the count' then {{ rounded_unit_value(ratio('book_value', 'book_quantity')) }}
            when 'last movement' then last_unit_cost
            when 'standard cost' then standard_cost
        end as unit_cost,
        {{ rounded_quantity('greatest(least_tolerance, tolerance_rate * abs(cast(book_quantity as double)))') }}
            as tolerance_quantity
    from costed
),

count_variances as (
    select
        count_id,
        item_id,
        location_id,
        category,
        counted_at,
        next_counted_at is null as is_latest_count,
        counted_quantity,
        book_quantity,
        variance_quantity,
        unit_cost,
        cost_basis,
        {{ line_amount('variance_quantity', 'unit_cost') }} as variance_value,
        booked_adjustment_quantity,
        booked_late_quantity,
        open_variance_quantity,
        {{ line_amount('open_variance_quantity', 'unit_cost') }} as open_variance_value,
        tolerance_quantity,
        abs(variance_quantity) <= tolerance_quantity as is_within_tolerance
    from compared
)

select * from count_variances
