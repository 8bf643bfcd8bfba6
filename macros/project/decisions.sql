{#
    What is left of a name or a sentence without case, spaces, punctuation and mail domain, so that nobody
    becomes another person by a space; null where nothing is left.
#}
{% macro bare_name(name) -%}
    nullif(
        translate(lower(split_part({{ name }}, '@', 1)), ' .,;:!?_/()"''-' || chr(9) || chr(10) || chr(160), ''), ''
    )
{%- endmacro %}


{#
    The decisions on one type of subject, each judged, as the CTEs after one named `subjects` with the columns
    subject_id, requested_by, requested_at, expires_on, stake_amount, subject_hash and subject_refusal.
    Where valid decisions differ the later holds, unless a role of higher authority had decided before.
#}
{% macro judged_decisions(subject_type) -%}
{%- set moments = {'override': 'it was asked for', 'period': 'the period ended'} -%}
given_decisions as (
    select * from {{ ref('int_given_decisions') }}
    where subject_type = '{{ subject_type }}'
),

authority_levels as (
    select * from {{ ref('authority_levels') }}
    where subject_type = '{{ subject_type }}'
),

checked_decisions as (
    select
        given_decisions.*,
        subjects.stake_amount,
        authority_levels.limit_amount,
        coalesce(given_decisions.named_hash <> subjects.subject_hash, false) as has_lapsed,
        case
            when {{ bare_name('given_decisions.approver') }} is null then 'nobody decided it'
            when coalesce(given_decisions.decision, '') not in ('approved', 'rejected')
                then 'the decision is neither approved nor rejected'
            when given_decisions.decision = 'approved' and given_decisions.content_count > 1
                then 'its id stands on rows that differ'
            when given_decisions.decided_at is null then 'it is not known when it was decided'
            when subjects.subject_id is null then 'the {{ subject_type }} is unknown'
            when subjects.subject_refusal is not null
                then 'the {{ subject_type }} does not count: ' || subjects.subject_refusal
            when {{ bare_name('given_decisions.approver') }} = {{ bare_name('subjects.requested_by') }}
                then 'the one who asked may not decide'
            when given_decisions.decided_at < subjects.requested_at
                then 'it was decided before {{ moments[subject_type] }}'
            when cast(given_decisions.decided_at as date) > subjects.expires_on
                then 'the {{ subject_type }} had expired when it was decided'
            when authority_levels.approver_role is null then 'the role has no authority'
            when subjects.stake_amount > authority_levels.limit_amount
                then 'the amount at stake is above the authority of the role'
            when given_decisions.named_hash <> subjects.subject_hash
                then 'it has lapsed: the proposals are not those that it names'
        end as first_refusal
    from given_decisions
    left join subjects on given_decisions.subject_key = subjects.subject_id
    left join authority_levels on given_decisions.approver_role = authority_levels.approver_role
),

ranked_decisions as (
    select
        *,
        max(case when first_refusal is null then limit_amount end) over (
            partition by subject_key
            order by
                decided_at asc nulls first, decision asc nulls first,
                approval_id asc nulls first, delivery_number asc nulls first
            rows between unbounded preceding and 1 preceding
        ) as earlier_limit_amount
    from checked_decisions
),

judged_decisions as (
    select
        *,
        case
            when first_refusal is not null then first_refusal
            when earlier_limit_amount > limit_amount then 'a role of higher authority had decided before'
        end as refusal_reason
    from ranked_decisions
),

placed_decisions as (
    select
        approval_id,
        delivery_number,
        subject_type,
        subject_id,
        subject_key,
        decision,
        approver,
        approver_role,
        decided_at,
        comment,
        stake_amount,
        has_lapsed,
        refusal_reason,
        count(case when refusal_reason is null then 1 end) over (partition by subject_key) as valid_count,
        row_number() over (
            partition by subject_key
            order by
                case when refusal_reason is null then 0 else 1 end asc nulls last,
                decided_at desc nulls last, decision desc nulls last,
                approval_id desc nulls last, delivery_number desc nulls last
        ) as place
    from judged_decisions
)
{%- endmacro %}
