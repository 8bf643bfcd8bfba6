-- What is not to be booked keeps its cost, and no decided amount: the last booked one is carried. As now known, a
-- closed period keeps the decisions that were made in it, on the figures of today.
with reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

present_proposals as (
    select * from {{ ref('int_present_proposals') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
),

decisions_made as (
    select * from {{ source('sealed', 'reserves') }}
    where framework = 'us_gaap'
),

-- What a closed period holds by the facts of today stands in no proposal any more.
known_now as (
    select
        reserve_decisions.item_id,
        reserve_decisions.location_id,
        reserve_decisions.period_end,
        true as is_open,
        reserve_decisions.cost_value,
        reserve_decisions.is_booked,
        reserve_decisions.decided_amount
    from reserve_decisions
    inner join period_states on reserve_decisions.period_end = period_states.period_end
    where not period_states.is_closed
    union all
    select
        present_proposals.item_id,
        present_proposals.location_id,
        present_proposals.period_end,
        false as is_open,
        present_proposals.cost_value,
        period_states.period_status = 'approved' as is_booked,
        present_proposals.proposed_amount as decided_amount
    from present_proposals
    inner join period_states on present_proposals.period_end = period_states.period_end
    where period_states.is_closed
),

decisions_to_book as (
    select
        known_now.item_id,
        known_now.location_id,
        known_now.period_end,
        known_now.cost_value,
        known_now.is_open,
        case when known_now.is_booked then known_now.decided_amount end as decided_amount,
        case
            when decisions_made.decision_status = 'override applied'
                then least(decisions_made.decided_amount, known_now.cost_value)
            when coalesce(decisions_made.is_booked, known_now.is_booked) then known_now.decided_amount
        end as restated_amount
    from known_now
    left join decisions_made
        on
            known_now.item_id = decisions_made.item_id
            and known_now.location_id = decisions_made.location_id
            and known_now.period_end = decisions_made.period_end
)

select * from decisions_to_book
