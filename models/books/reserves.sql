with reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

reserves as (
    select
        reserve_decisions.item_id,
        reserve_decisions.location_id,
        reserve_decisions.period_end,
        reserve_rollforward.framework,
        reserve_decisions.quantity,
        reserve_decisions.cost_value,
        reserve_decisions.proposed_amount,
        reserve_decisions.decided_amount,
        reserve_decisions.is_booked,
        reserve_rollforward.closing_amount as reserve_amount,
        cast(reserve_decisions.cost_value - reserve_rollforward.closing_amount as decimal(18, 4))
            as carrying_value,
        valuation_dates.is_latest as is_latest_period
    from reserve_decisions
    inner join reserve_rollforward
        on
            reserve_decisions.item_id = reserve_rollforward.item_id
            and reserve_decisions.location_id = reserve_rollforward.location_id
            and reserve_decisions.period_end = reserve_rollforward.period_end
    inner join valuation_dates on reserve_decisions.period_end = valuation_dates.valuation_date
)

select * from reserves
