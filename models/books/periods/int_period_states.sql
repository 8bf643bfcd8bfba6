-- A period closes once it is approved and a later one has begun, and with it all periods before it: what an earlier one
-- holds can no longer change. The var close_through closes without waiting for either. Periods before the books begin
-- are none of theirs.
with period_proposals as (
    select proposals.*
    from {{ ref('period_proposals') }} as proposals
    inner join {{ ref('int_books_beginning') }} as books_beginning
        on proposals.period_end >= books_beginning.period_end
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

set_of_books as (
    select * from {{ ref('int_set_of_books') }}
),

last_to_close as (
    select max(period_proposals.period_end) as period_end
    from period_proposals
    inner join valuation_dates on period_proposals.period_end = valuation_dates.valuation_date
    where
        (period_proposals.period_status = 'approved' and not valuation_dates.is_latest)
        {%- if var('close_through') %}
        or period_proposals.period_end <= cast('{{ var("close_through") }}' as date)
        {%- endif %}
),

period_states as (
    select
        set_of_books.set_of_books,
        period_proposals.period_end,
        period_proposals.period_status,
        period_proposals.approval_id,
        period_proposals.decided_by,
        period_proposals.decided_at,
        period_proposals.period_hash,
        case
            when period_proposals.period_end <= set_of_books.closed_through then 'closed'
            when period_proposals.period_end <= last_to_close.period_end then 'closing'
            else 'open'
        end as period_state,
        set_of_books.closed_through is null as is_rebuilt
    from period_proposals
    cross join set_of_books
    cross join last_to_close
)

select * from period_states
