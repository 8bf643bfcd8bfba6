-- A request without a location is shared by cost: each position takes the difference of two rounded cumulative
-- shares, so that they sum to the request to the last unit.
with override_requests as (
    select * from {{ ref('int_override_requests') }}
),

proposals as (
    select * from {{ ref('int_proposals') }}
),

matched_positions as (
    select
        override_requests.override_id,
        override_requests.reserve_amount,
        proposals.item_id,
        proposals.location_id,
        proposals.period_end,
        proposals.cost_value,
        proposals.proposed_amount,
        proposals.proposal_hash
    from override_requests
    inner join proposals
        on
            override_requests.item_id = proposals.item_id
            and override_requests.period_end = proposals.period_end
            and coalesce(override_requests.location_id, proposals.location_id) = proposals.location_id
),

cumulated_positions as (
    select
        *,
        sum(cost_value) over (partition by override_id) as total_cost_value,
        sum(cost_value) over (
            partition by override_id
            order by location_id nulls last
            rows between unbounded preceding and current row
        ) as cumulated_cost_value
    from matched_positions
),

override_positions as (
    select
        override_id,
        item_id,
        location_id,
        period_end,
        cost_value,
        proposed_amount,
        proposal_hash,
        cast(
            {{ exact_share('reserve_amount', 'cumulated_cost_value', 'total_cost_value') }}
            - {{ exact_share('reserve_amount', '(cumulated_cost_value - cost_value)', 'total_cost_value') }}
            as {{ money_type() }}
        ) as override_amount
    from cumulated_positions
)

select * from override_positions
