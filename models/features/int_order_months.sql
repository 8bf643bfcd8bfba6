with movements as (select * from {{ ref('movements') }}),

month_days as (select * from {{ ref('int_month_days') }}),

sale_lines as (
    select
        movements.item_id,
        movements.location_id,
        movements.document_id,
        movements.customer_id,
        movements.promotion_id,
        month_days.month_number,
        month_days.flash_date,
        -movements.quantity_change as quantity
    from movements
    inner join month_days on movements.posted_on = month_days.day
    where movements.movement_type = 'sale'
),

orders as (
    select
        item_id,
        location_id,
        month_number,
        flash_date,
        sum(quantity) as quantity,
        sum(case when promotion_id is not null then quantity else 0 end) as promoted_quantity
    from sale_lines
    group by item_id, location_id, month_number, flash_date, document_id
),

buyers as (
    select
        item_id,
        location_id,
        month_number,
        flash_date,
        month_number - lag(month_number) over purchases as months_since_previous,
        lead(month_number) over purchases - month_number as months_to_next
    from (
        select distinct item_id, location_id, customer_id, month_number, flash_date
        from sale_lines
        where customer_id is not null
    ) as buyer_months
    window purchases as (
        partition by item_id, location_id, customer_id, flash_date order by month_number nulls last
    )
),

-- A buyer joins the circle with a purchase and leaves it twelve months after the last one.
buyer_changes as (
    select item_id, location_id, month_number, flash_date, 1 as buyer_change
    from buyers
    where coalesce(months_since_previous, 12) >= 12
    union all
    select item_id, location_id, month_number + 12 as month_number, flash_date, -1 as buyer_change
    from buyers
    where coalesce(months_to_next, 12) >= 12
),

order_facts as (
    select item_id, location_id, month_number, flash_date, quantity, promoted_quantity, 0 as buyer_change
    from orders
    union all
    select item_id, location_id, month_number, flash_date, null, null, buyer_change
    from buyer_changes
),

order_months as (
    select
        item_id,
        location_id,
        month_number,
        flash_date,
        max(quantity) as largest_order_quantity,
        sum(promoted_quantity) as promoted_quantity,
        cast(sum(buyer_change) as bigint) as buyer_change
    from order_facts
    group by item_id, location_id, month_number, flash_date
)

select * from order_months
