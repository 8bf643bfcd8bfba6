-- What is not to be booked keeps its cost, and no decided amount: the last booked one is carried. As now known, a
-- closed period keeps the decisions that were made in it, on the figures of today.
with reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

closed_reserves as (
    {{ closed_rows('closed_reserves') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
),

decisions_made as (
    select * from closed_reserves
    where framework = 'us_gaap'
),

decisions_to_book as (
    select
        reserve_decisions.item_id,
        reserve_decisions.location_id,
        reserve_decisions.period_end,
        reserve_decisions.cost_value,
        period_states.period_state <> 'closed' as is_open,
        case when reserve_decisions.is_booked then reserve_decisions.decided_amount end as decided_amount,
        case
            when coalesce(decisions_made.is_booked, reserve_decisions.is_booked) then
                case
                    when decisions_made.decision_status = 'override applied'
                        then least(decisions_made.decided_amount, reserve_decisions.cost_value)
                    when decisions_made.item_id is null then reserve_decisions.decided_amount
                    else reserve_decisions.present_amount
                end
        end as restated_amount
    from reserve_decisions
    inner join period_states on reserve_decisions.period_end = period_states.period_end
    left join decisions_made
        on
            reserve_decisions.item_id = decisions_made.item_id
            and reserve_decisions.location_id = decisions_made.location_id
            and reserve_decisions.period_end = decisions_made.period_end
)

select * from decisions_to_book
