-- A position is short from the first day that closes below zero until one closes at zero or more: within a day
-- the documents' moments are too rough to say which came first.
with movements as (
    select
        *,
        sum(quantity_change) over (
            partition by item_id, location_id order by movement_number nulls last
            rows between unbounded preceding and current row
        ) as balance
    from {{ ref('movements') }}
),

days as (
    select
        item_id,
        location_id,
        posted_on as day,
        max_by(balance, movement_number) as balance,
        min(case when balance < 0 then movement_number end) as first_short_movement
    from movements
    group by item_id, location_id, posted_on
),

compared as (
    select
        *,
        lag(balance, 1, 0) over position_days as balance_before,
        lead(day) over position_days as next_day
    from days
    window position_days as (partition by item_id, location_id order by day nulls last)
),

short_days as (
    select
        *,
        sum(case when balance_before >= 0 then 1 else 0 end) over (
            partition by item_id, location_id order by day nulls last
            rows between unbounded preceding and current row
        ) as spell_number
    from compared
    where balance < 0
),

spells as (
    select
        item_id,
        location_id,
        spell_number,
        min(day) as first_day,
        -- The day after the last short one on which anything moved; none where stock is short to the end.
        max_by(coalesce(next_day, date '9999-12-31'), day) as in_order_on,
        min(balance) as lowest_balance,
        min(first_short_movement) as first_short_movement
    from short_days
    group by item_id, location_id, spell_number
),

short_stock as (
    select
        spells.item_id,
        spells.location_id,
        spells.first_day,
        nullif(spells.in_order_on, date '9999-12-31') as in_order_on,
        cast(spells.lowest_balance as {{ quantity_type() }}) as lowest_balance,
        movements.movement_type,
        movements.document_id,
        movements.line_no
    from spells
    inner join movements on spells.first_short_movement = movements.movement_number
)

select * from short_stock
