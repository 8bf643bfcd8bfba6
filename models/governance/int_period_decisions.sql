-- A period is asked for by nobody, and by its last day at the earliest; at stake is all that is decided in it.
with subjects as (
    select
        cast(period_end as string) as subject_key,
        period_end,
        cast(null as string) as requested_by,
        cast(period_end as timestamp) as requested_at,
        cast(null as date) as expires_on,
        decided_amount as stake_amount,
        cast(null as string) as subject_refusal
    from {{ ref('int_period_totals') }}
),

{{ judged_decisions('period') }}

select * from placed_decisions
