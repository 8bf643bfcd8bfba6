-- Routine is a small change of what is booked, in a period of small changes (role `automatic` of authority_levels), on
-- which nobody spoke. A change is known against what was booked only: after a period that was not, people decide.
with periods as (
    select
        period_end,
        row_number() over (order by period_end nulls last) as period_number
    from {{ ref('period_proposals') }}
),

position_decisions as (
    select * from {{ ref('int_position_decisions') }}
),

automatic_limits as (
    select * from {{ ref('authority_levels') }}
    where subject_type = 'period' and approver_role = 'automatic'
),

positions_in_order as (
    select
        position_decisions.*,
        periods.period_number,
        lag(periods.period_number) over position_order as previous_number,
        lag(position_decisions.decided_amount) over position_order as previous_amount
    from position_decisions
    inner join periods on position_decisions.period_end = periods.period_end
    window
        position_order as (
            partition by position_decisions.item_id, position_decisions.location_id
            order by position_decisions.period_end nulls last
        )
),

-- Stock that was not there a period before had nothing booked.
changes as (
    select
        *,
        coalesce(previous_number, 0) <> period_number - 1 or previous_number is null as is_new,
        case
            when previous_number = period_number - 1 then abs(decided_amount - previous_amount)
            else decided_amount
        end as change_amount,
        decision_status = 'awaiting approval' and override_id is null as is_open
    from positions_in_order
),

period_changes as (
    select
        period_end,
        sum(change_amount) as change_amount
    from changes
    where is_open
    group by period_end
),

small_changes as (
    select
        changes.*,
        changes.is_open and coalesce(
            changes.change_amount <= automatic_limits.limit_amount
            and period_changes.change_amount <= automatic_limits.period_limit_amount,
            false
        ) as is_small
    from changes
    left join period_changes on changes.period_end = period_changes.period_end
    left join automatic_limits on true
),

chains as (
    select
        *,
        sum(case when is_booked or (is_new and is_small) then 1 else 0 end) over (
            partition by item_id, location_id
            order by period_end nulls last
            rows between unbounded preceding and current row
        ) as chain_number
    from small_changes
),

breaks as (
    select
        *,
        sum(case when is_booked or is_small then 0 else 1 end) over (
            partition by item_id, location_id, chain_number
            order by period_end nulls last
            rows between unbounded preceding and current row
        ) as break_count
    from chains
),

routine_positions as (
    select
        item_id,
        location_id,
        period_end,
        cast(change_amount as {{ money_type() }}) as change_amount,
        is_small and chain_number > 0 and break_count = 0 as is_routine
    from breaks
)

select * from routine_positions
