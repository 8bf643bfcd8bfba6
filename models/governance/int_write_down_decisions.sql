-- A position's write-down can be decided on by itself: it has to be where it is above what the period's approver may
-- decide on. At stake is all of it.
with proposals as (
    select * from {{ ref('int_proposals') }}
),

subjects as (
    select
        {{ write_down_key('proposals') }} as subject_key,
        period_end,
        cast(null as string) as requested_by,
        cast(period_end as timestamp) as requested_at,
        cast(null as date) as expires_on,
        proposed_amount as stake_amount,
        cast(null as string) as subject_refusal
    from proposals
),

{{ judged_decisions('write_down') }}

select * from placed_decisions
