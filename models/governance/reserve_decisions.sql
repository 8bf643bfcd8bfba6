-- Proposed, asked for and decided stand side by side. What nobody decided is booked only if it is routine and the var
-- book_without_approval says true itself, not a word like it.
with position_decisions as (
    select * from {{ ref('int_position_decisions') }}
),

routine_positions as (
    select * from {{ ref('int_routine_positions') }}
    where is_routine and {{ 'true' if var('book_without_approval') is sameas true else 'false' }}
),

reserve_decisions as (
    select
        position_decisions.item_id,
        position_decisions.location_id,
        position_decisions.period_end,
        position_decisions.method,
        position_decisions.run_id,
        position_decisions.quantity,
        position_decisions.cost_value,
        position_decisions.proposed_amount,
        position_decisions.present_amount,
        position_decisions.override_id,
        position_decisions.override_amount,
        position_decisions.override_status,
        position_decisions.decided_amount,
        case
            when routine_positions.item_id is not null then 'booked automatically'
            else position_decisions.decision_status
        end as decision_status,
        position_decisions.decided_by,
        position_decisions.decided_at,
        position_decisions.is_booked or routine_positions.item_id is not null as is_booked,
        position_decisions.proposal_hash
    from position_decisions
    left join routine_positions
        on
            position_decisions.item_id = routine_positions.item_id
            and position_decisions.location_id = routine_positions.location_id
            and position_decisions.period_end = routine_positions.period_end
)

select * from reserve_decisions
