with closed_commitments as (
    {{ closed_rows('closed_commitments') }}
),

set_of_books as (
    select * from {{ ref('int_set_of_books') }}
),

commitment_openings as (
    select
        closed_commitments.item_id,
        closed_commitments.location_id,
        closed_commitments.framework,
        closed_commitments.period_end,
        closed_commitments.closing_amount,
        closed_commitments.closing_amount as recoverable_amount
    from closed_commitments
    inner join set_of_books on closed_commitments.period_end = set_of_books.closed_through
    where closed_commitments.closing_amount <> 0
)

select * from commitment_openings
