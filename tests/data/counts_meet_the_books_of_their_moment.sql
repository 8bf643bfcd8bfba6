-- Each count line's book quantity against a plain sum of the ledger, and each adjustment for a count taken once at
-- most.
with movements as (
    select
        *,
        movement_type in ('adjustment_in', 'adjustment_out') and lower(coalesce(reason, '')) in ('count', 'found')
            as is_for_a_count
    from {{ ref('movements') }}
),

count_variances as (
    select * from {{ ref('count_variances') }}
),

summed as (
    select
        count_variances.count_id,
        count_variances.item_id,
        count_variances.location_id,
        sum(
            case
                when
                    movements.posted_at < count_variances.counted_at
                    or (movements.posted_at = count_variances.counted_at and not movements.is_for_a_count)
                    then movements.quantity_change
                else 0
            end
        ) as book_quantity
    from count_variances
    left join movements
        on
            count_variances.item_id = movements.item_id
            and count_variances.location_id = movements.location_id
    group by count_variances.count_id, count_variances.item_id, count_variances.location_id
),

booked as (
    select
        item_id,
        location_id,
        sum(abs(quantity_change)) as quantity
    from movements
    where is_for_a_count
    group by item_id, location_id
),

taken as (
    select
        item_id,
        location_id,
        sum(abs(booked_adjustment_quantity)) as quantity
    from count_variances
    group by item_id, location_id
)

select
    summed.item_id,
    summed.location_id,
    summed.book_quantity as expected_quantity,
    count_variances.book_quantity as found_quantity
from summed
inner join count_variances
    on
        summed.count_id = count_variances.count_id
        and summed.item_id = count_variances.item_id
        and summed.location_id = count_variances.location_id
where summed.book_quantity <> count_variances.book_quantity
union all
select
    taken.item_id,
    taken.location_id,
    booked.quantity as expected_quantity,
    taken.quantity as found_quantity
from taken
left join booked
    on
        taken.item_id = booked.item_id
        and taken.location_id = booked.location_id
where taken.quantity > coalesce(booked.quantity, 0)
