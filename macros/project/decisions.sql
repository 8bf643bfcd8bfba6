{#
    What is left of a name or a sentence without case, spaces, punctuation and mail domain, so that nobody
    becomes another person by a space; null where nothing is left.
#}
{% macro bare_name(name) -%}
    nullif(
        translate(lower(split_part({{ name }}, '@', 1)), ' .,;:!?_/()"''-' || chr(9) || chr(10) || chr(160), ''), ''
    )
{%- endmacro %}


{# What a company is told whose books held nobody knows what before they begin here. #}
{% macro opening_is_unknown(date) -%}
    'what reserve did the books hold at ' || {{ date }} || '? Until that is known, all of this period''s reserve would be an '
    || 'addition: deliver booked_reserves of that day, or fill the seed opening_reserves (a row *,0 says there was none)'
{%- endmacro %}


{# What a company is told that has not said who may approve. #}
{% macro nobody_may_approve() -%}
    nobody is named who may approve: fill the seed approvers with people and their roles
{%- endmacro %}


{# How a person names a position's write-down in a decision. #}
{% macro write_down_key(relation) -%}
    {{ relation }}.item_id || '@' || {{ relation }}.location_id || '@' || {{ relation }}.period_end
{%- endmacro %}


{#
    The decisions on one type of subject, each judged, as the CTEs after one named `subjects` with the columns
    subject_key, period_end, requested_by, requested_at, expires_on, stake_amount and subject_refusal.

    An override or a write-down is measured against the role's limit by itself, and against its limit per period
    together with all that the role approved before: no amount passes in slices. A period is measured as a whole.
    Where valid decisions differ the later holds, unless a role of higher authority had decided before.
#}
{% macro judged_decisions(subject_type) -%}
{%- set name = subject_type | replace('_', '-') -%}
{%- set moment = 'it was asked for' if subject_type == 'override' else 'the period ended' -%}
{%- set limit = 'period_limit_amount' if subject_type == 'period' else 'limit_amount' -%}
{%- set in_order -%}
    decided_at asc nulls first, decision asc nulls first, approval_id asc nulls first, delivery_number asc nulls first
{%- endset -%}
given_decisions as (
    select * from {{ ref('int_given_decisions') }}
    where subject_type = '{{ subject_type }}'
),

-- The role `automatic` limits what is booked without a person: no person may claim it.
authority_levels as (
    select * from {{ ref('authority_levels') }}
    where subject_type = '{{ subject_type }}' and approver_role <> 'automatic'
),

subject_hashes as (
    select * from {{ ref('int_subject_hashes') }}
    where subject_type = '{{ subject_type }}'
),

approval_bindings as (
    select * from {{ ref('approval_bindings') }}
    where source_name = {{ source_name() }}
),

period_closings as (
    select * from {{ ref('int_period_closings') }}
),

checked_decisions as (
    select
        given_decisions.*,
        subjects.period_end,
        subjects.stake_amount,
        authority_levels.limit_amount,
        authority_levels.period_limit_amount,
        coalesce(
            given_decisions.named_hash <> subject_hashes.subject_hash
            or approval_bindings.subject_hash <> subject_hashes.subject_hash,
            false
        ) as has_lapsed,
        case
            when given_decisions.bare_approver is null then 'nobody decided it'
            when coalesce(given_decisions.decision, '') not in ('approved', 'rejected')
                then 'the decision is neither approved nor rejected'
            when given_decisions.decision = 'approved' and given_decisions.content_count > 1
                then 'its id stands on rows that differ'
            when given_decisions.decided_at is null then 'it is not known when it was decided'
            when subjects.subject_key is null then 'the {{ name }} is unknown'
            when subjects.subject_refusal is not null
                then 'the {{ name }} does not count: ' || subjects.subject_refusal
            when given_decisions.bare_approver = {{ bare_name('subjects.requested_by') }}
                then 'the one who asked may not decide'
            when given_decisions.decided_at < subjects.requested_at
                then 'it was decided before {{ moment }}'
            when cast(given_decisions.decided_at as date) > subjects.expires_on
                then 'the {{ name }} had expired when it was decided'
            when authority_levels.approver_role is null then 'the role has no authority'
            when given_decisions.nobody_holds_a_role then '{{ nobody_may_approve() }}'
            when not given_decisions.holds_role then 'the role is not the approver''s own'
            when subjects.stake_amount > authority_levels.{{ limit }}
                then 'the amount at stake is above the authority of the role'
            when given_decisions.named_hash <> subject_hashes.subject_hash
                then 'it has lapsed: the proposals are not those that it names'
            when approval_bindings.subject_hash <> subject_hashes.subject_hash
                then 'it has lapsed: the proposals are not those that it was given on'
            when given_decisions.decided_at > period_closings.closed_at
                then 'it came late: a later period had been approved before'
        end as first_refusal
    from given_decisions
    left join subjects on given_decisions.subject_key = subjects.subject_key
    left join subject_hashes on given_decisions.subject_key = subject_hashes.subject_key
    left join authority_levels on given_decisions.approver_role = authority_levels.approver_role
    left join approval_bindings on given_decisions.decision_hash = approval_bindings.decision_hash
    left join period_closings on subjects.period_end = period_closings.period_end
),

counted_decisions as (
    select
        *,
        case
            when first_refusal is null and decision = 'approved'
                then row_number() over (
                    partition by subject_key, approver_role, first_refusal, decision order by {{ in_order }}
                )
        end as approval_order
    from checked_decisions
),

summed_decisions as (
    select
        *,
        sum(case when approval_order = 1 then stake_amount else 0 end) over (
            partition by period_end, approver_role
            order by {{ in_order }}
            rows between unbounded preceding and current row
        ) as role_amount
    from counted_decisions
),

limited_decisions as (
    select
        *,
        case
            when first_refusal is not null then first_refusal
            when decision = 'approved' and role_amount > period_limit_amount
                then 'all that the role approved in the period is above its authority'
        end as second_refusal
    from summed_decisions
),

ranked_decisions as (
    select
        *,
        max(case when second_refusal is null then {{ limit }} end) over (
            partition by subject_key
            order by {{ in_order }}
            rows between unbounded preceding and 1 preceding
        ) as earlier_limit_amount
    from limited_decisions
),

judged_decisions as (
    select
        *,
        case
            when second_refusal is not null then second_refusal
            when earlier_limit_amount > {{ limit }} then 'a role of higher authority had decided before'
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
        period_end,
        decision,
        approver,
        approver_role,
        decided_at,
        comment,
        stake_amount,
        limit_amount,
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
