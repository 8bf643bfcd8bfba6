with movements as (
    select * from {{ ref('movements') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

monthly_changes as (
    select
        item_id,
        location_id,
        cast(last_day(posted_on) as date) as month_end,
        sum(quantity_change) as quantity_change
    from movements
    group by item_id, location_id, month_end
),

balances as (
    select
        item_id,
        location_id,
        month_end,
        sum(quantity_change) over position_history as quantity,
        lead(month_end) over position_history as next_month_end
    from monthly_changes
    window position_history as (partition by item_id, location_id order by month_end nulls last)
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
            balances.month_end <= valuation_dates.valuation_date
            and coalesce(balances.next_month_end > valuation_dates.valuation_date, true)
    where balances.quantity <> 0
)

select * from on_hand
