with override_decisions as (
    select * from {{ ref('int_override_decisions') }}
),

write_down_decisions as (
    select * from {{ ref('int_write_down_decisions') }}
),

period_decisions as (
    select * from {{ ref('int_period_decisions') }}
),

other_decisions as (
    select * from {{ ref('int_given_decisions') }}
    where subject_type not in ('override', 'write_down', 'period')
),

-- The first booking asks what the books held before.
unknown_openings as (
    select
        period_end,
        opening_date
    from {{ ref('int_opening_sources') }}
    where opening_source = 'unknown'
),

first_booking as (
    select min(period_end) as period_end
    from {{ ref('reserve_decisions') }}
    where is_booked
),

judged_decisions as (
    {% for decisions in ['override_decisions', 'write_down_decisions', 'period_decisions'] -%}
    select
        approval_id,
        delivery_number,
        subject_type,
        subject_id,
        subject_key,
        period_end,
        decision,
        approver,
        approver_role,
        decided_at,
        comment,
        stake_amount,
        case
            when refusal_reason is not null and has_lapsed then 'lapsed'
            when refusal_reason is not null then 'refused'
            when place > 1 then 'outvoted'
            when valid_count > 1 then 'holds against others'
            else 'holds'
        end as approval_status,
        refusal_reason
    from {{ decisions }}
    union all
    {% endfor -%}
    select
        approval_id,
        delivery_number,
        subject_type,
        subject_id,
        subject_key,
        cast(null as date) as period_end,
        decision,
        approver,
        approver_role,
        decided_at,
        comment,
        cast(null as {{ money_total_type() }}) as stake_amount,
        'refused' as approval_status,
        'nothing of this kind waits for a decision: it is an override, a write_down or a period' as refusal_reason
    from other_decisions
),

approvals as (
    select
        judged_decisions.*,
        case
            when judged_decisions.approval_status like 'holds%' and judged_decisions.decision = 'approved'
                then {{ opening_is_unknown('unknown_openings.opening_date') }}
        end as remark
    from judged_decisions
    left join first_booking on judged_decisions.period_end = first_booking.period_end
    left join unknown_openings on first_booking.period_end = unknown_openings.period_end
)

select * from approvals
