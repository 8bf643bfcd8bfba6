-- What is not to be booked keeps its cost, and no decided amount: the last booked one is carried.
with reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

decisions_to_book as (
    select
        item_id,
        location_id,
        period_end,
        cost_value,
        case when is_booked then decided_amount end as decided_amount
    from reserve_decisions
)

select * from decisions_to_book
