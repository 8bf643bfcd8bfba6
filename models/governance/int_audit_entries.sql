with period_proposals as (
    select * from {{ ref('period_proposals') }}
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

overrides as (
    select * from {{ ref('overrides') }}
),

approvals as (
    select * from {{ ref('approvals') }}
),

events as (
    select
        cast(period_end as timestamp) as happened_at,
        'proposal' as event,
        cast(period_end as string) as subject_id,
        'model' as actor,
        position_count || ' positions, ' || proposed_amount || ' proposed, hash ' || period_hash as words
    from period_proposals
    union all
    select
        coalesce(decided_at, cast(period_end as timestamp)) as happened_at,
        'decision' as event,
        coalesce(case when decision_status = 'override applied' then override_id end, cast(period_end as string))
            as subject_id,
        coalesce(decided_by, 'nobody') as actor,
        count(*) || ' positions of ' || period_end || ', ' || sum(decided_amount) || ', ' || decision_status as words
    from reserve_decisions
    group by
        period_end, decision_status, decided_by, decided_at,
        case when decision_status = 'override applied' then override_id end
    union all
    select
        requested_at as happened_at,
        'override' as event,
        override_id as subject_id,
        requested_by as actor,
        item_id || coalesce(' at ' || location_id, '') || ' of ' || period_end || ': ' || reserve_amount || ', '
        || override_status || coalesce(': ' || refusal_reason, '') as words
    from overrides
    union all
    select
        decided_at as happened_at,
        'approval' as event,
        approval_id as subject_id,
        approver as actor,
        subject_type || ' ' || subject_id || ' ' || coalesce(decision, 'undecided') || ', ' || approval_status
        || coalesce(': ' || refusal_reason, '') as words
    from approvals
),

audit_entries as (
    select
        row_number() over (
            order by
                happened_at nulls last, event nulls last, subject_id nulls last, actor nulls last, words nulls last
        ) as entry_number,
        happened_at,
        event,
        subject_id,
        actor,
        words
    from events
)

select * from audit_entries
