-- Commitments are decided with their period: what nobody approved is carried. A position that once had a commitment
-- has a row in every open period, so that the end of the commitment ends its accrual.
with purchase_commitments as (
    select * from {{ ref('purchase_commitments') }}
),

commitment_openings as (
    select * from {{ ref('int_commitment_openings') }}
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
    where period_state <> 'closed'
),

committed_positions as (
    select item_id, location_id from purchase_commitments
    union
    select item_id, location_id from commitment_openings
),

booked_periods as (
    select
        period_end,
        max(case when is_booked and decision_status <> 'override applied' then 1 else 0 end) as is_booked
    from reserve_decisions
    group by period_end
),

commitments_to_book as (
    select
        committed_positions.item_id,
        committed_positions.location_id,
        period_states.period_end,
        cast(coalesce(sum(purchase_commitments.committed_amount), 0) as decimal(18, 4)) as cost_value,
        case
            when max(booked_periods.is_booked) = 1
                then cast(coalesce(sum(purchase_commitments.expected_loss_amount), 0) as decimal(18, 4))
        end as decided_amount
    from committed_positions
    cross join period_states
    inner join booked_periods on period_states.period_end = booked_periods.period_end
    left join purchase_commitments
        on
            committed_positions.item_id = purchase_commitments.item_id
            and committed_positions.location_id = purchase_commitments.location_id
            and period_states.period_end = purchase_commitments.valuation_date
    group by committed_positions.item_id, committed_positions.location_id, period_states.period_end
)

select * from commitments_to_book
