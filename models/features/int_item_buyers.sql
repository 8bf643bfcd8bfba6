-- Customers are those of the item, whatever the location that served them. What a customer bought in 12 months changes
-- only in a month of purchase and twelve months after it, and stands in between.
with movements as (select * from {{ ref('movements') }}),

month_days as (select * from {{ ref('int_month_days') }}),

months_ahead as (
    {{ integer_series(11) }}
),

purchases as (
    select
        movements.item_id,
        movements.customer_id,
        month_days.month_number,
        month_days.flash_date,
        -sum(movements.quantity_change) as quantity
    from movements
    inner join month_days on movements.posted_on = month_days.day
    where movements.movement_type = 'sale' and movements.customer_id is not null
    group by movements.item_id, movements.customer_id, month_days.month_number, month_days.flash_date
),

changes as (
    select
        item_id,
        customer_id,
        month_number,
        flash_date,
        sum(quantity) as quantity
    from (
        select * from purchases
        union all
        select item_id, customer_id, month_number + 12 as month_number, flash_date, -quantity as quantity
        from purchases
    ) as purchases_and_ends
    group by item_id, customer_id, month_number, flash_date
),

spans as (
    select
        item_id,
        month_number,
        flash_date,
        sum(quantity) over (
            partition by item_id, customer_id, flash_date order by month_number nulls last
            rows between unbounded preceding and current row
        ) as quantity_12,
        lead(month_number) over (partition by item_id, customer_id, flash_date order by month_number nulls last)
            - month_number as months
    from changes
),

item_buyers as (
    select
        spans.item_id,
        spans.month_number + months_ahead.number as month_number,
        spans.flash_date,
        count(*) as buyers_12,
        sum(spans.quantity_12) as known_quantity_12,
        max(spans.quantity_12) as largest_quantity_12,
        sum({{ squared('spans.quantity_12') }}) as quantity_square_12
    from spans
    inner join months_ahead on spans.months > months_ahead.number
    where spans.quantity_12 > 0
    group by spans.item_id, spans.month_number + months_ahead.number, spans.flash_date
)

select * from item_buyers
