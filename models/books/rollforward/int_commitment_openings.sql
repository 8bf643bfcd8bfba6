with last_closed as (
    {{ last_closed_period() }}
),

commitment_openings as (
    select
        closed_commitments.item_id,
        closed_commitments.location_id,
        closed_commitments.framework,
        closed_commitments.period_end,
        closed_commitments.closing_amount,
        closed_commitments.closing_amount as recoverable_amount
    from {{ source('sealed', 'commitment_rollforward') }} as closed_commitments
    inner join last_closed on closed_commitments.period_end = last_closed.closed_through
    where closed_commitments.closing_amount <> 0
)

select * from commitment_openings
