-- What the first open period makes good of the last closed one is its change less the change that it would have had
-- upon the restated opening. Under US GAAP a reserve found too large is not written up: it leaves with its units.
with closed_rollforward as (
    select * from {{ source('sealed', 'reserve_rollforward') }}
),

closed_reserves as (
    select * from {{ source('sealed', 'reserves') }}
),

restated_rollforward as (
    select * from {{ ref('restated_rollforward') }}
),

open_rollforward as (
    select * from {{ ref('int_rollforward') }}
),

present_proposals as (
    select * from {{ ref('int_present_proposals') }}
),

last_closed as (
    {{ last_closed_period() }}
),

first_open_period as (
    select min(period_end) as period_end from open_rollforward
),

differences as (
    select
        coalesce(reported.item_id, restated.item_id) as item_id,
        coalesce(reported.location_id, restated.location_id) as location_id,
        coalesce(reported.period_end, restated.period_end) as period_end,
        coalesce(reported.framework, restated.framework) as framework,
        coalesce(reported.closing_amount, 0) as reported_amount,
        coalesce(restated.closing_amount, 0) as restated_amount,
        coalesce(restated.closing_amount, 0) - coalesce(reported.closing_amount, 0) as difference_amount
    from closed_rollforward as reported
    full outer join (
        select restated_rollforward.* from restated_rollforward
        inner join last_closed on restated_rollforward.period_end <= last_closed.closed_through
    ) as restated
        on
            reported.item_id = restated.item_id
            and reported.location_id = restated.location_id
            and reported.period_end = restated.period_end
            and reported.framework = restated.framework
    where coalesce(reported.closing_amount, 0) <> coalesce(restated.closing_amount, 0)
),

posted_differences as (
    select
        differences.*,
        case when last_closed.closed_through is not null then first_open_period.period_end end as posted_in,
        cast(
            coalesce(as_reported.closing_amount, 0) - coalesce(as_restated.closing_amount, 0)
            + differences.difference_amount as {{ money_type() }}
        ) as posted_amount
    from differences
    cross join first_open_period
    left join last_closed on differences.period_end = last_closed.closed_through
    left join open_rollforward as as_reported
        on
            differences.item_id = as_reported.item_id
            and differences.location_id = as_reported.location_id
            and differences.framework = as_reported.framework
            and first_open_period.period_end = as_reported.period_end
    left join restated_rollforward as as_restated
        on
            differences.item_id = as_restated.item_id
            and differences.location_id = as_restated.location_id
            and differences.framework = as_restated.framework
            and first_open_period.period_end = as_restated.period_end
),

prior_period_differences as (
    select
        differences.item_id,
        differences.location_id,
        differences.period_end,
        differences.framework,
        cast(differences.reported_amount as {{ money_type() }}) as reported_amount,
        cast(differences.restated_amount as {{ money_type() }}) as restated_amount,
        cast(differences.difference_amount as {{ money_type() }}) as difference_amount,
        case
            when coalesce(present_proposals.quantity, 0) <> coalesce(closed_reserves.quantity, 0) then 'quantity'
            when coalesce(present_proposals.cost_value, 0) <> coalesce(closed_reserves.cost_value, 0) then 'cost'
            when coalesce(present_proposals.proposed_amount, 0) <> coalesce(closed_reserves.proposed_amount, 0)
                then 'estimate'
            else 'carried from an earlier period'
        end as cause,
        differences.posted_in,
        case when differences.posted_in is not null then differences.posted_amount end as posted_amount
    from posted_differences as differences
    left join closed_reserves
        on
            differences.item_id = closed_reserves.item_id
            and differences.location_id = closed_reserves.location_id
            and differences.period_end = closed_reserves.period_end
            and differences.framework = closed_reserves.framework
    left join present_proposals
        on
            differences.item_id = present_proposals.item_id
            and differences.location_id = present_proposals.location_id
            and differences.period_end = present_proposals.period_end
)

select * from prior_period_differences
