-- Whether a request may be heard at all. What is at stake is the change that it makes or the amount that it sets,
-- whichever is larger: to release a large reserve, or to confirm one, is as weighty as to build it.
with override_requests as (
    select * from {{ ref('int_override_requests') }}
),

position_sums as (
    select
        override_id,
        cast(sum(cost_value) as {{ money_total_type() }}) as cost_value,
        cast(sum(proposed_amount) as {{ money_total_type() }}) as proposed_amount,
        {{ joined_in_order('proposal_hash') }} as proposal_hashes
    from {{ ref('int_override_positions') }}
    group by override_id
),

reason_codes as (
    select * from {{ ref('reason_codes') }}
),

items as (
    select * from {{ ref('items') }}
),

locations as (
    select * from {{ ref('locations') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

checked_requests as (
    select
        override_requests.*,
        position_sums.proposed_amount,
        case
            when position_sums.override_id is not null
                then {{ hash_of([
                    'override_requests.override_id', 'override_requests.item_id', 'override_requests.location_id',
                    'override_requests.period_end', 'override_requests.reserve_amount',
                    'override_requests.reason_code', 'override_requests.rationale',
                    'override_requests.requested_by', 'override_requests.requested_at',
                    'override_requests.expires_on', 'position_sums.proposal_hashes',
                ]) }}
        end as override_hash,
        greatest(
            abs(override_requests.reserve_amount - position_sums.proposed_amount), override_requests.reserve_amount
        ) as stake_amount,
        coalesce(override_requests.expires_on < override_requests.period_end, false) as has_expired,
        case
            when override_requests.content_count > 1 then 'its id stands on rows that differ: ask again under a new one'
            when override_requests.reserve_amount < 0 then 'the amount is negative'
            when {{ bare_name('override_requests.requested_by') }} is null then 'nobody asked for it'
            when override_requests.requested_at is null then 'it is not known when it was asked for'
            when reason_codes.reason_code is null then 'the reason code is unknown'
            when coalesce(length({{ bare_name('override_requests.rationale') }}), 0) < 10
                then 'the rationale says nothing'
            when items.item_id is null then 'the item is unknown'
            when override_requests.location_id is not null and locations.location_id is null
                then 'the location is unknown'
            when valuation_dates.valuation_date is null then 'the period is no month end of the data'
            when position_sums.override_id is null then 'no reserve was proposed for it in this period'
            when override_requests.reserve_amount > position_sums.cost_value
                then 'the amount is above the cost of its stock'
        end as refusal_reason
    from override_requests
    left join position_sums on override_requests.override_id = position_sums.override_id
    left join reason_codes on upper(override_requests.reason_code) = reason_codes.reason_code
    left join items on override_requests.item_id = items.item_id
    left join locations on override_requests.location_id = locations.location_id
    left join valuation_dates on override_requests.period_end = valuation_dates.valuation_date
)

select * from checked_requests
