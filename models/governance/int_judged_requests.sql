-- Of the requests that may be heard the latest stands for each position. One that is no longer the latest for all of
-- its positions is superseded as a whole, so that none is booked in part.
with checked_requests as (
    select * from {{ ref('int_checked_requests') }}
),

override_positions as (
    select * from {{ ref('int_override_positions') }}
),

heard_positions as (
    select
        override_positions.override_id,
        first_value(override_positions.override_id) over (
            partition by override_positions.item_id, override_positions.location_id, override_positions.period_end
            order by checked_requests.requested_at desc nulls last, override_positions.override_id desc nulls last
        ) as latest_override_id
    from override_positions
    inner join checked_requests on override_positions.override_id = checked_requests.override_id
    where checked_requests.refusal_reason is null and not checked_requests.has_expired
),

superseded_requests as (
    select
        override_id,
        max(latest_override_id) as superseded_by
    from heard_positions
    where override_id <> latest_override_id
    group by override_id
),

judged_requests as (
    select
        checked_requests.override_id,
        checked_requests.item_id,
        checked_requests.location_id,
        checked_requests.period_end,
        checked_requests.reserve_amount,
        checked_requests.reason_code,
        checked_requests.rationale,
        checked_requests.requested_by,
        checked_requests.requested_at,
        checked_requests.expires_on,
        checked_requests.proposed_amount,
        checked_requests.stake_amount,
        checked_requests.override_hash,
        case
            when checked_requests.refusal_reason is not null then 'refused'
            when checked_requests.has_expired then 'expired'
            when superseded_requests.superseded_by is not null then 'superseded'
            else 'standing'
        end as request_status,
        case
            when checked_requests.refusal_reason is not null then checked_requests.refusal_reason
            when checked_requests.has_expired
                then 'it expired on ' || checked_requests.expires_on || ', before the period ended'
            when superseded_requests.superseded_by is not null
                then 'a later request, ' || superseded_requests.superseded_by || ', stands in its place'
        end as refusal_reason
    from checked_requests
    left join superseded_requests on checked_requests.override_id = superseded_requests.override_id
)

select * from judged_requests
