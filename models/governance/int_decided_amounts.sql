-- An applied override takes the proposal's place; one that waits or was rejected stands beside it and changes nothing.
with proposals as (
    select * from {{ ref('int_proposals') }}
),

standing_positions as (
    select
        positions.item_id,
        positions.location_id,
        positions.period_end,
        positions.override_id,
        positions.override_amount,
        overrides.override_status,
        overrides.decided_by,
        overrides.decided_at
    from {{ ref('int_override_positions') }} as positions
    inner join {{ ref('overrides') }} as overrides on positions.override_id = overrides.override_id
    where overrides.override_status in ('applied', 'awaiting approval', 'rejected')
),

write_down_decisions as (
    select * from {{ ref('int_write_down_decisions') }}
    where place = 1 and refusal_reason is null
),

decided_amounts as (
    select
        proposals.item_id,
        proposals.location_id,
        proposals.period_end,
        proposals.method,
        proposals.run_id,
        proposals.quantity,
        proposals.cost_value,
        proposals.proposed_amount,
        proposals.present_amount,
        standing_positions.override_id,
        standing_positions.override_amount,
        standing_positions.override_status,
        case
            when standing_positions.override_status = 'applied' then standing_positions.override_amount
            else proposals.proposed_amount
        end as decided_amount,
        write_down_decisions.decision as write_down_status,
        case
            when standing_positions.override_status = 'applied' then standing_positions.decided_by
            else write_down_decisions.approver
        end as decided_by,
        case
            when standing_positions.override_status = 'applied' then standing_positions.decided_at
            else write_down_decisions.decided_at
        end as decided_at,
        proposals.proposal_hash
    from proposals
    left join standing_positions
        on
            proposals.item_id = standing_positions.item_id
            and proposals.location_id = standing_positions.location_id
            and proposals.period_end = standing_positions.period_end
    left join write_down_decisions on {{ write_down_key('proposals') }} = write_down_decisions.subject_key
)

select * from decided_amounts
