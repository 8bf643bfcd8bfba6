-- An approval of a period may name the hash of what it approves: 2026-05-31#<period_hash>.
with deliveries as (
    select
        approval_id,
        count(*) as content_count
    from {{ ref('base_reserve_approvals') }}
    where coalesce(row_reason, '') <> 'the same row delivered again'
    group by approval_id
),

decisions as (
    select * from {{ ref('stg_reserve_approvals') }}
),

given_decisions as (
    select
        decisions.approval_id,
        row_number() over (
            partition by decisions.approval_id
            order by decisions.source_row_number nulls last
        ) as delivery_number,
        lower(decisions.subject_type) as subject_type,
        decisions.subject_id,
        case
            when lower(decisions.subject_type) = 'period' then trim(split_part(decisions.subject_id, '#', 1))
            else decisions.subject_id
        end as subject_key,
        case
            when lower(decisions.subject_type) = 'period' and decisions.subject_id like '%#%'
                then lower(trim(split_part(decisions.subject_id, '#', 2)))
        end as named_hash,
        lower(decisions.decision) as decision,
        decisions.approver,
        lower(decisions.approver_role) as approver_role,
        decisions.decided_at,
        decisions.comment,
        deliveries.content_count
    from decisions
    inner join deliveries on decisions.approval_id = deliveries.approval_id
)

select * from given_decisions
