-- What the books show of a closed period sums to what it was closed at, to the last unit.
with closings as (
    select * from {{ source('sealed', 'closings') }}
),

closed_periods as (
    select * from {{ ref('closed_periods') }}
),

shown as (
    select period_end, framework, sum(closing_amount) as amount
    from {{ ref('reserve_rollforward') }}
    group by period_end, framework
)

select
    closings.period_end,
    closings.framework,
    closings.reserve_amount as closed_amount,
    closed_periods.reserve_amount as listed_amount,
    shown.amount as shown_amount
from closings
left join closed_periods
    on closings.period_end = closed_periods.period_end and closings.framework = closed_periods.framework
left join shown on closings.period_end = shown.period_end and closings.framework = shown.framework
where
    not coalesce(
        shown.amount = closings.reserve_amount
        and closed_periods.is_closed
        and closed_periods.position_count = closings.position_count
        and closed_periods.cost_value = closings.cost_value
        and closed_periods.reserve_amount = closings.reserve_amount
        and closed_periods.commitment_amount = closings.commitment_amount
        and closed_periods.journal_amount = closings.journal_amount,
        false
    )
