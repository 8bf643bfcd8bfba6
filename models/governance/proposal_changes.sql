-- What the present estimates say of proposals that were made before, where it is something else: the proposal was made
-- anew, or it stands and the difference is shown beside it. Later facts of a closed period restate it.
with compared_proposals as (
    select * from {{ ref('int_compared_proposals') }}
    where cause is not null and cause <> 'first proposal'
),

proposal_changes as (
    select
        item_id,
        location_id,
        period_end,
        cause,
        is_made_anew,
        standing_as_of as proposed_as_of,
        standing_model as proposed_by_model,
        standing_run_id as proposed_by_run_id,
        present_model,
        present_run_id,
        standing_quantity as proposed_quantity,
        present_quantity,
        standing_cost_value as proposed_cost_value,
        present_cost_value,
        coalesce(standing_proposed_amount, 0) as proposed_amount,
        coalesce(present_proposed_amount, 0) as present_amount,
        cast(coalesce(present_proposed_amount, 0) - coalesce(standing_proposed_amount, 0) as {{ money_type() }})
            as difference_amount
    from compared_proposals
    where
        is_made_anew
        or cause = 'facts'
        or present_proposed_amount <> standing_proposed_amount
)

select * from proposal_changes
