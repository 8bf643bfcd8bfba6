-- The books here begin with the first period in which anything is booked, or that was closed; while nothing is, with
-- the newest. The periods before are the company's own, and what its books held then is what these go on from.
with period_closings as (
    {{ remembered_rows('period_closings') }}
),

set_of_books as (
    select * from {{ ref('int_set_of_books') }}
),

first_closed as (
    select min(period_closings.period_end) as period_end
    from period_closings
    inner join set_of_books
        on
            period_closings.set_of_books = set_of_books.set_of_books
            and period_closings.period_end <= set_of_books.closed_through
),

decided as (
    select
        min(case when is_booked then period_end end) as first_booked,
        min(case when period_end >= cast('{{ var("close_through") or "9999-12-31" }}' as date) then period_end end)
            as first_to_close,
        max(period_end) as newest
    from {{ ref('reserve_decisions') }}
),

begun as (
    select
        coalesce(
            first_closed.period_end,
            case
                when decided.first_booked is null or decided.first_to_close < decided.first_booked
                    then decided.first_to_close
                else decided.first_booked
            end,
            decided.newest
        ) as period_end,
        first_closed.period_end is not null as is_closed
    from decided
    cross join first_closed
),

books_beginning as (
    select
        begun.period_end,
        begun.is_closed,
        opening_sources.opening_date,
        opening_sources.opening_source,
        opening_sources.opening_amount
    from begun
    inner join {{ ref('int_opening_sources') }} as opening_sources on begun.period_end = opening_sources.period_end
)

select * from books_beginning
