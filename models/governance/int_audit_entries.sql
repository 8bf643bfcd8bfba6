with reserve_decisions as (
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
        run_id as subject_id,
        'model' as actor,
        count(*) || ' positions, ' || sum(proposed_amount) || ' proposed' as words
    from reserve_decisions
    group by period_end, run_id
    union all
    select
        cast(period_end as timestamp) as happened_at,
        'decision' as event,
        cast(period_end as string) as subject_id,
        'rule' as actor,
        count(*) || ' positions, ' || sum(decided_amount) || ' decided, '
        || count(override_id) || ' disputed' as words
    from reserve_decisions
    group by period_end
    union all
    select
        requested_at as happened_at,
        'override' as event,
        override_id as subject_id,
        requested_by as actor,
        item_id || ': ' || reserve_amount || ', ' || coalesce(refusal_reason, 'received') as words
    from overrides
    union all
    select
        decided_at as happened_at,
        'approval' as event,
        approval_id as subject_id,
        approver as actor,
        subject_type || ' ' || subject_id || ' ' || decision || ', ' || coalesce(refusal_reason, 'valid')
            as words
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
