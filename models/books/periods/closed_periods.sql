with period_totals as (
    select * from {{ ref('int_period_totals_booked') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
),

period_closings as (
    select * from {{ ref('period_closings') }}
),

set_of_books as (
    select * from {{ ref('int_set_of_books') }}
),

closed_periods as (
    select
        period_totals.period_end,
        period_totals.framework,
        period_totals.position_count,
        period_totals.cost_value,
        period_totals.reserve_amount,
        period_totals.commitment_amount,
        period_totals.journal_amount,
        period_closings.period_end is not null as is_closed,
        coalesce(period_closings.is_rebuilt, false) as is_rebuilt,
        coalesce(period_closings.period_status, period_states.period_status) as period_status,
        coalesce(period_closings.decided_by, period_states.decided_by) as decided_by,
        period_closings.evidence_hash,
        period_closings.closed_by_build,
        period_closings.closed_at
    from period_totals
    cross join set_of_books
    left join period_states on period_totals.period_end = period_states.period_end
    left join period_closings
        on
            set_of_books.set_of_books = period_closings.set_of_books
            and period_totals.period_end = period_closings.period_end
            and period_totals.framework = period_closings.framework
)

select * from closed_periods
