-- A period can be closed once it, or a later one, is approved and a later month is in the data: an earlier one that
-- nobody approved can not stay open before a closed one. Periods before the books begin are none of theirs.
with period_proposals as (
    select proposals.*
    from {{ ref('period_proposals') }} as proposals
    inner join {{ ref('int_books_beginning') }} as books_beginning
        on proposals.period_end >= books_beginning.period_end
),

last_closed as (
    {{ last_closed_period() }}
),

last_approved as (
    select max(period_proposals.period_end) as period_end
    from period_proposals
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on period_proposals.period_end = valuation_dates.valuation_date
    where period_proposals.period_status = 'approved' and not valuation_dates.is_latest
),

states as (
    select
        period_proposals.period_end,
        period_proposals.period_status,
        period_proposals.decided_by,
        coalesce(period_proposals.period_end <= last_closed.closed_through, false) as is_closed,
        coalesce(period_proposals.period_end < last_approved.period_end, false) as is_overtaken,
        coalesce(period_proposals.period_end <= last_approved.period_end, false) as may_be_closed
    from period_proposals
    cross join last_closed
    cross join last_approved
),

first_open as (
    select min(period_end) as period_end from states
    where not is_closed
),

period_states as (
    select
        states.*,
        case
            when not states.may_be_closed then 'close it once a later month is in the data'
            when states.period_end > first_open.period_end
                then
                    'make close PERIOD=' || states.period_end || ' BY=<who closes it>, after ' || first_open.period_end
                    || '; CLOSE_OPTIONS=--with-earlier closes all up to it'
            else 'make close PERIOD=' || states.period_end || ' BY=<who closes it>'
        end as closing_step
    from states
    cross join first_open
)

select * from period_states
