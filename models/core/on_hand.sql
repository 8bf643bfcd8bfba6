with movements as (
    select * from {{ ref('movements') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

first_dates as (
    select * from {{ ref('int_first_dates') }}
),

changes as (
    select
        movements.item_id,
        movements.location_id,
        first_dates.valuation_date,
        sum(movements.quantity_change) as quantity_change
    from movements
    inner join first_dates on movements.posted_on = first_dates.day
    group by movements.item_id, movements.location_id, first_dates.valuation_date
),

balances as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(quantity_change) over position_history as quantity,
        lead(valuation_date) over position_history as next_date
    from changes
    window position_history as (partition by item_id, location_id order by valuation_date nulls last)
),

on_hand as (
    select
        balances.item_id,
        balances.location_id,
        valuation_dates.valuation_date,
        cast(balances.quantity as {{ quantity_type() }}) as quantity
    from balances
    inner join valuation_dates
        on
            balances.valuation_date <= valuation_dates.valuation_date
            and coalesce(balances.next_date > valuation_dates.valuation_date, true)
    where balances.quantity <> 0
)

select * from on_hand
