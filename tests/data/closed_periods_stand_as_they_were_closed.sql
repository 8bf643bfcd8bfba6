-- What the books show of a closed period is what the register vouches for, and what was kept of it, to the last unit.
with closed_periods as (
    select * from {{ ref('closed_periods') }}
    where is_closed
),

set_of_books as (
    select * from {{ ref('int_set_of_books') }}
),

shown as (
    select period_end, framework, sum(closing_amount) as amount, count(*) as row_count
    from {{ ref('reserve_rollforward') }}
    group by period_end, framework
),

kept as (
    select
        closed_rollforward.period_end,
        closed_rollforward.framework,
        sum(closed_rollforward.closing_amount) as amount,
        count(*) as row_count
    from {{ ref('closed_rollforward') }} as closed_rollforward
    inner join set_of_books on closed_rollforward.set_of_books = set_of_books.set_of_books
    group by closed_rollforward.period_end, closed_rollforward.framework
),

registered as (
    select
        period_closings.period_end,
        period_closings.framework,
        period_closings.reserve_amount as amount
    from {{ ref('period_closings') }} as period_closings
    inner join set_of_books on period_closings.set_of_books = set_of_books.set_of_books
)

select
    closed_periods.period_end,
    closed_periods.framework,
    shown.amount as shown_amount,
    kept.amount as kept_amount,
    registered.amount as registered_amount
from closed_periods
left join shown on closed_periods.period_end = shown.period_end and closed_periods.framework = shown.framework
left join kept on closed_periods.period_end = kept.period_end and closed_periods.framework = kept.framework
left join registered
    on closed_periods.period_end = registered.period_end and closed_periods.framework = registered.framework
where
    coalesce(shown.amount <> kept.amount, true)
    or coalesce(shown.row_count <> kept.row_count, true)
    or coalesce(shown.amount <> registered.amount, true)
    or coalesce(closed_periods.reserve_amount <> registered.amount, true)
