-- The books here begin with the first period in which anything is booked, or that was closed; while nothing is, with
-- the newest. The periods before are the company's own, and what its books held then is what these go on from.
with first_closed as (
    select min(period_end) as period_end from {{ source('sealed', 'closings') }}
),

decided as (
    select
        min(case when is_booked then period_end end) as first_booked,
        max(period_end) as newest
    from {{ ref('reserve_decisions') }}
),

begun as (
    select
        coalesce(first_closed.period_end, decided.first_booked, decided.newest) as period_end,
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
