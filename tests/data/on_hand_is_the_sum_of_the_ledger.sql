with ledger as (
    select
        valuation_dates.valuation_date,
        sum(movements.quantity_change) as quantity
    from {{ ref('movements') }} as movements
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on movements.posted_on <= valuation_dates.valuation_date
    group by valuation_dates.valuation_date
),

on_hand as (
    select
        valuation_date,
        sum(quantity) as quantity
    from {{ ref('on_hand') }}
    group by valuation_date
)

select
    ledger.valuation_date,
    ledger.quantity - coalesce(on_hand.quantity, 0) as quantity_missing
from ledger
left join on_hand on ledger.valuation_date = on_hand.valuation_date
where ledger.quantity <> coalesce(on_hand.quantity, 0)
