with reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

closed_reserves as (
    select * from {{ source('sealed', 'reserves') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
    where not is_closed
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

open_reserves as (
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
        reserve_decisions.decision_status,
        reserve_decisions.decided_by,
        reserve_decisions.decided_at,
        reserve_decisions.run_id,
        reserve_decisions.proposal_hash,
        reserve_rollforward.closing_amount as reserve_amount,
        cast(reserve_decisions.cost_value - reserve_rollforward.closing_amount as {{ money_type() }}) as carrying_value
    from reserve_decisions
    inner join period_states on reserve_decisions.period_end = period_states.period_end
    inner join reserve_rollforward
        on
            reserve_decisions.item_id = reserve_rollforward.item_id
            and reserve_decisions.location_id = reserve_rollforward.location_id
            and reserve_decisions.period_end = reserve_rollforward.period_end
),

all_reserves as (
    select * from closed_reserves
    union all
    select * from open_reserves
),

reserves as (
    select
        all_reserves.*,
        valuation_dates.is_latest as is_latest_period
    from all_reserves
    inner join valuation_dates on all_reserves.period_end = valuation_dates.valuation_date
)

select * from reserves
