-- An id that stands on rows that differ could be approved as one and booked as the other: all of them are counted,
-- whatever became of them in staging, and the first is shown.
with delivered as (
    select override_id
    from {{ ref('stg_reserve_overrides') }}
    union all
    select first_key as override_id
    from {{ ref('int_unused_rows') }}
    where table_name = 'reserve_overrides' and row_reason <> 'the same row delivered again'
),

deliveries as (
    select
        override_id,
        count(*) as content_count
    from delivered
    group by override_id
),

requests as (
    select
        *,
        row_number() over (partition by override_id order by source_row_number nulls last) as delivery_number
    from {{ ref('stg_reserve_overrides') }}
),

override_requests as (
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
        deliveries.content_count
    from requests
    inner join deliveries on requests.override_id = deliveries.override_id
    where requests.delivery_number = 1
)

select * from override_requests
