-- What builds remember names the build that wrote it, so that this build's part of it is what changed since the last.
with proposal_changes as (
    select * from {{ ref('proposal_changes') }}
),

new_proposals as (
    select * from {{ ref('frozen_proposals') }}
    where
        source_name = {{ source_name() }} and written_by_build = '{{ invocation_id }}'
        and cause = 'first proposal'
),

new_outcomes as (
    select distinct valuation_date from {{ ref('frozen_baselines') }}
    where written_by_build = '{{ invocation_id }}'
),

new_trainings as (
    select distinct
        origin_date,
        model,
        target
    from {{ ref('model_runs') }}
    where written_by_build = '{{ invocation_id }}'
),

changes as (
    select
        period_end,
        case when is_made_anew then 'proposed anew' else 'proposal stands' end as effect,
        cause,
        count(*) as change_count,
        sum(coalesce(present_cost_value, 0) - coalesce(proposed_cost_value, 0)) as cost_difference_amount,
        sum(proposed_amount) as amount_before,
        sum(present_amount) as amount_now
    from proposal_changes
    group by period_end, is_made_anew, cause
    union all
    select
        period_end,
        'first proposal' as effect,
        'new period' as cause,
        count(*) as change_count,
        sum(cost_value) as cost_difference_amount,
        cast(0 as {{ money_type() }}) as amount_before,
        sum(proposed_amount) as amount_now
    from new_proposals
    group by period_end
    union all
    select
        valuation_date as period_end,
        'outcome known' as effect,
        'new outcomes' as cause,
        1 as change_count,
        null as cost_difference_amount,
        null as amount_before,
        null as amount_now
    from new_outcomes
    union all
    select
        origin_date as period_end,
        'models trained' as effect,
        'another training' as cause,
        count(*) as change_count,
        null as cost_difference_amount,
        null as amount_before,
        null as amount_now
    from new_trainings
    group by origin_date
),

changes_since_last_build as (
    select
        period_end,
        effect,
        cause,
        {{ reporting_currency() }} as currency,
        cast(change_count as bigint) as change_count,
        cast(cost_difference_amount as {{ money_total_type() }}) as cost_difference_amount,
        cast(amount_before as {{ money_total_type() }}) as amount_before,
        cast(amount_now as {{ money_total_type() }}) as amount_now,
        cast(amount_now - amount_before as {{ money_total_type() }}) as difference_amount
    from changes
)

select * from changes_since_last_build
