with subjects as (
    select
        override_id as subject_key,
        period_end,
        requested_by,
        requested_at,
        expires_on,
        stake_amount,
        refusal_reason as subject_refusal
    from {{ ref('int_judged_requests') }}
),

{{ judged_decisions('override') }}

select * from placed_decisions
