-- Open periods go on from what was closed last; without closed periods they begin where the company's books ended.
with first_openings as (
    select * from {{ ref('int_first_openings') }}
),

closed_rollforward as (
    select * from {{ source('sealed', 'reserve_rollforward') }}
),

last_closed as (
    {{ last_closed_period() }}
),

openings as (
    select
        first_openings.item_id,
        first_openings.location_id,
        first_openings.framework,
        first_openings.period_end,
        first_openings.closing_amount,
        first_openings.recoverable_amount
    from first_openings
    cross join last_closed
    where last_closed.closed_through is null
    union all
    select
        closed_rollforward.item_id,
        closed_rollforward.location_id,
        closed_rollforward.framework,
        closed_rollforward.period_end,
        closed_rollforward.closing_amount,
        closed_rollforward.recoverable_amount
    from closed_rollforward
    inner join last_closed on closed_rollforward.period_end = last_closed.closed_through
    where closed_rollforward.closing_amount <> 0
)

select * from openings
