-- A proposal stands with the run that made it, so that what somebody approves can not move under their hands. It is
-- made anew where its facts have changed, where a policy has and nobody has approved anything in the period, or where
-- the var renew_proposals asks for it. What is closed stands, whatever its facts have become: they restate it.
{%- set made_of = ['method', 'model', 'run_id', 'quantity', 'cost_value', 'proposed_amount', 'policy_hash'] %}
with present_proposals as (
    select
        *,
        '{{ proposal_policy() }}' as policy_hash
    from {{ ref('int_present_proposals') }}
),

-- A build as of an earlier month knows nothing of later periods, and does not touch them.
standing_proposals as (
    select standing.*
    from {{ ref('int_standing_proposals') }} as standing
    inner join (select distinct period_end from present_proposals) as periods
        on standing.period_end = periods.period_end
),

known_periods as (
    select distinct period_end from standing_proposals
),

last_closed as (
    {{ last_closed_period() }}
),

approvals as (
    select
        subject_type,
        subject_key
    from {{ ref('int_given_decisions') }}
    where holds_role and decision = 'approved'
),

approved_periods as (
    select right(subject_key, 10) as period_end from approvals
    where subject_type in ('period', 'write_down')
    union
    select cast(requests.period_end as string) as period_end
    from approvals
    inner join {{ ref('int_override_requests') }} as requests
        on approvals.subject_type = 'override' and approvals.subject_key = requests.override_id
),

matched as (
    select
        coalesce(present.item_id, standing.item_id) as item_id,
        coalesce(present.location_id, standing.location_id) as location_id,
        coalesce(present.period_end, standing.period_end) as period_end,
        present.item_id is not null as is_present,
        {% for side in ['present', 'standing'] -%}
        {% for column in made_of -%}
        {{ side }}.{{ column }} as {{ side }}_{{ column }},
        {% endfor %}
        {%- endfor -%}
        coalesce(standing.proposal_number, 0) as standing_number,
        standing.proposed_as_of as standing_as_of
    from present_proposals as present
    full outer join standing_proposals as standing
        on
            present.item_id = standing.item_id
            and present.location_id = standing.location_id
            and present.period_end = standing.period_end
),

caused as (
    select
        matched.*,
        approved_periods.period_end is not null as is_approved,
        coalesce(matched.period_end <= last_closed.closed_through and known_periods.period_end is not null, false)
            as is_closed,
        case
            when matched.standing_number = 0 and known_periods.period_end is null then 'first proposal'
            when
                coalesce(matched.present_quantity, 0) <> coalesce(matched.standing_quantity, 0)
                or coalesce(matched.present_cost_value, 0) <> coalesce(matched.standing_cost_value, 0)
                then 'facts'
            when not matched.is_present then null
            when matched.present_policy_hash <> matched.standing_policy_hash then 'policy'
            when matched.present_model <> matched.standing_model then 'champion'
            when matched.present_run_id <> matched.standing_run_id then 'training'
            when matched.present_proposed_amount <> matched.standing_proposed_amount then 'evidence'
        end as cause
    from matched
    cross join last_closed
    left join known_periods on matched.period_end = known_periods.period_end
    left join approved_periods on cast(matched.period_end as string) = approved_periods.period_end
),

compared_proposals as (
    select
        *,
        case when is_closed then standing_number > 0 else is_present end as stands,
        not is_closed and coalesce(
            cause in ('first proposal', 'facts')
            or (cause = 'policy' and not is_approved)
            {%- if var('renew_proposals') %}
            or (cause is not null and period_end = cast('{{ var("renew_proposals") }}' as date))
            {%- endif %},
            false
        ) as is_made_anew
    from caused
    where is_present or cause is not null
)

select * from compared_proposals
