-- Commitments are decided with their period: what nobody approved is carried. A position that once had a commitment
-- has a row in every open period, so that the end of the commitment ends its accrual.
with purchase_commitments as (
    select * from {{ ref('purchase_commitments') }}
),

commitment_openings as (
    select * from {{ ref('int_commitment_openings') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
    where not is_closed
),

committed_positions as (
    select item_id, location_id from purchase_commitments
    union
    select item_id, location_id from commitment_openings
),

commitments_to_book as (
    select
        committed_positions.item_id,
        committed_positions.location_id,
        period_states.period_end,
        cast(coalesce(sum(purchase_commitments.committed_amount), 0) as {{ money_type() }}) as cost_value,
        case
            when period_states.period_status = 'approved'
                then cast(coalesce(sum(purchase_commitments.expected_loss_amount), 0) as {{ money_type() }})
        end as decided_amount
    from committed_positions
    cross join period_states
    left join purchase_commitments
        on
            committed_positions.item_id = purchase_commitments.item_id
            and committed_positions.location_id = purchase_commitments.location_id
            and period_states.period_end = purchase_commitments.valuation_date
    group by
        committed_positions.item_id,
        committed_positions.location_id,
        period_states.period_end,
        period_states.period_status
)

select * from commitments_to_book
