-- Each event as it stands now; the log keeps how it stood before. The clock plays no part: what no person did has the
-- date that it is about, and a policy has none.
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

champions as (
    select * from {{ ref('champions') }}
),

closings as (
    select * from {{ source('sealed', 'closings') }}
),

policies as (
    {% for name, content in policies_in_force().items() -%}
    select '{{ name }}' as policy, '{{ sql_text(content) }}' as content
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

decision_groups as (
    select
        period_end,
        count(*) || ' positions ' || decision_status || ', ' || sum(decided_amount) || '; ' as words
    from reserve_decisions
    group by period_end, decision_status
),

events as (
    select
        'policy' as event,
        policy as subject_id,
        cast(null as timestamp) as happened_at,
        'project' as actor,
        content as words
    from policies
    union all
    select
        'policy' as event,
        'roles of ' || approver as subject_id,
        cast(null as timestamp) as happened_at,
        named_in as actor,
        trim({{ joined_in_order("approver_role || ' '") }}) as words
    from {{ ref('role_holders') }}
    group by approver, named_in
    union all
    select
        'promotion' as event,
        cast(valuation_date as string) as subject_id,
        cast(valuation_date as timestamp) as happened_at,
        chosen_by as actor,
        model || ', trained on ' || trained_on || ': ' || reason as words
    from champions
    union all
    select
        'proposal' as event,
        cast(period_end as string) as subject_id,
        cast(period_end as timestamp) as happened_at,
        'model' as actor,
        position_count || ' positions, ' || proposed_amount || ' proposed, hash ' || period_hash as words
    from period_proposals
    union all
    select
        'override' as event,
        override_id as subject_id,
        requested_at as happened_at,
        requested_by as actor,
        item_id || coalesce(' at ' || location_id, '') || ' of ' || period_end || ': ' || reserve_amount || ', '
        || override_status || coalesce(': ' || refusal_reason, '') || coalesce(', hash ' || override_hash, '') as words
    from overrides
    union all
    select
        'approval' as event,
        approval_id || case when delivery_number > 1 then ' (' || delivery_number || ')' else '' end as subject_id,
        decided_at as happened_at,
        approver as actor,
        subject_type || ' ' || subject_id || ' ' || coalesce(decision, 'undecided')
        || coalesce(' as ' || approver_role, '') || ', ' || approval_status
        || coalesce(': ' || refusal_reason, '') as words
    from approvals
    union all
    select
        'decision' as event,
        cast(decision_groups.period_end as string) as subject_id,
        coalesce(max(period_proposals.decided_at), cast(decision_groups.period_end as timestamp)) as happened_at,
        coalesce(max(period_proposals.decided_by), 'nobody') as actor,
        {{ joined_in_order('decision_groups.words') }} as words
    from decision_groups
    inner join period_proposals on decision_groups.period_end = period_proposals.period_end
    group by decision_groups.period_end
    union all
    select
        'closing' as event,
        cast(period_end as string) as subject_id,
        max(closed_at) as happened_at,
        max(closed_by) as actor,
        'as ' || max(closed_as) || ', ' || max(period_status) || ': '
        || {{ joined_in_order("framework || ' ' || reserve_amount || ' reserved, ' || journal_amount || ' posted; '") }}
        || 'manifest ' || max(manifest_hash) as words
    from closings
    group by period_end
),

audit_events as (
    select
        {{ source_name() }} as source_name,
        event,
        subject_id,
        happened_at,
        actor,
        words,
        '{{ invocation_id }}' as written_by_build
    from events
)

select * from audit_events
