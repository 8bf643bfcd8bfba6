with requests as (
    select * from {{ ref('stg_reserve_overrides') }}
),

reason_codes as (
    select * from {{ ref('reason_codes') }}
),

overrides as (
    select
        requests.override_id,
        requests.item_id,
        requests.location_id,
        requests.period_end,
        requests.reserve_amount,
        requests.reason_code,
        requests.rationale,
        requests.requested_by,
        requests.requested_at,
        requests.expires_on,
        case
            when requests.reserve_amount < 0 then 'the amount is negative'
            when reason_codes.reason_code is null then 'the reason code is unknown'
            when length(coalesce(requests.rationale, '')) < 10 then 'the rationale says nothing'
            when requests.requested_by is null then 'nobody asked for it'
            when requests.expires_on < requests.period_end then 'it has expired'
        end as refusal_reason
    from requests
    left join reason_codes on requests.reason_code = reason_codes.reason_code
)

select * from overrides
