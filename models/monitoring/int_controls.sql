-- The controls over the reserve, each with what it looked at and what it found; none of them may find anything but the
-- refusals, which are the control at work.
with counted as (
    select
        'books and subledgers tie' as control_name,
        'Two sides built from different relations agree to the last unit (AS 2201, ISA 330).' as purpose,
        count(*) as checked_count,
        sum(case when is_tied then 0 else 1 end) as exception_count
    from {{ ref('int_tie_outs') }}
    union all
    select
        'the logs are as they were written',
        'Every entry follows by hash from the one before.',
        sum(entry_count),
        sum(case when first_broken_entry is null then 0 else 1 end)
    from {{ ref('log_integrity') }}
    union all
    select
        'nothing is booked without a decision',
        'Every booked position has a person who decided, or is routine within the limits of the policy.',
        count(*),
        sum(case when is_booked and decided_by is null and decision_status <> 'booked automatically' then 1 else 0 end)
    from {{ ref('reserve_decisions') }}
    union all
    select
        'four eyes',
        'Nobody approved what he had asked for himself.',
        count(*),
        sum(case when override_status = 'applied' and {{ bare_name('decided_by') }} = {{ bare_name('requested_by') }}
            then 1 else 0 end)
    from {{ ref('overrides') }}
    union all
    select
        'what does not count says why',
        'Every decision that was refused or has lapsed is listed with its reason.',
        count(*),
        sum(case when approval_status in ('refused', 'lapsed') and refusal_reason is null then 1 else 0 end)
    from {{ ref('approvals') }}
    union all
    select
        'every input row has one fate',
        'Rows in are rows used, merged, set aside or quarantined, by table.',
        count(*),
        sum(case when rows_in = rows_used + rows_merged + rows_quarantined + rows_set_aside then 0 else 1 end)
    from {{ ref('row_reconciliation') }}
),

controls as (
    select
        control_name,
        purpose,
        cast(checked_count as bigint) as checked_count,
        cast(coalesce(exception_count, 0) as bigint) as exception_count,
        coalesce(exception_count, 0) = 0 as is_effective
    from counted
)

select * from controls
