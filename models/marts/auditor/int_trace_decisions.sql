-- What was decided on a position, every decision on it, its override or its period (those that do not count too), and
-- the rule or run that proposed.
with reserve_decisions as (
    select * from {{ ref('reserve_decisions').include(database=false) }}
),

-- Of a closed period as it was closed, whatever has been proposed since.
reserves as (
    select * from {{ ref('reserves').include(database=false) }}
    where framework = '{{ var("accounting_framework") }}'
),

overrides as (
    select * from {{ ref('overrides').include(database=false) }}
),

approvals as (
    select * from {{ ref('approvals').include(database=false) }}
),

model_runs as (
    select * from {{ ref('model_runs').include(database=false) }}
),

subjects as (
    {% for subject_type, subject_key in {
        'override': 'reserve_decisions.override_id',
        'write_down': write_down_key('reserve_decisions'),
        'period': 'cast(reserve_decisions.period_end as string)',
    }.items() -%}
    select
        item_id,
        location_id,
        period_end,
        '{{ subject_type }}' as subject_type,
        {{ subject_key }} as subject_key
    from reserve_decisions
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

trace_decisions as (
    select
        reserves.item_id,
        reserves.location_id,
        reserves.period_end,
        'decision' as step,
        cast(1 as bigint) as line_no,
        case when reserves.decision_status = 'override applied' then overrides.override_id end as reference,
        case
            when reserves.decision_status = 'override applied'
                then 'Override asked for by ' || overrides.requested_by || ' (' || overrides.reason_code || ': '
                || overrides.rationale || '), approved by ' || reserves.decided_by
            else 'The proposal: ' || reserves.decision_status || coalesce(' by ' || reserves.decided_by, '')
        end as evidence,
        cast(null as {{ quantity_type() }}) as quantity,
        reserves.decided_amount as amount
    from reserves
    left join reserve_decisions
        on
            reserves.item_id = reserve_decisions.item_id
            and reserves.location_id = reserve_decisions.location_id
            and reserves.period_end = reserve_decisions.period_end
    left join overrides on reserve_decisions.override_id = overrides.override_id
    union all
    select
        subjects.item_id,
        subjects.location_id,
        subjects.period_end,
        'approval' as step,
        row_number() over (
            partition by subjects.item_id, subjects.location_id, subjects.period_end
            order by
                approvals.decided_at nulls last, approvals.approval_id nulls last,
                approvals.delivery_number nulls last
        ) as line_no,
        approvals.approval_id as reference,
        approvals.subject_type || ' ' || coalesce(approvals.decision, 'undecided')
        || ' by ' || coalesce(approvals.approver, 'nobody') || coalesce(' as ' || approvals.approver_role, '')
        || coalesce(' on ' || approvals.decided_at, '') || ', ' || approvals.approval_status
        || coalesce(': ' || approvals.refusal_reason, '') as evidence,
        cast(null as {{ quantity_type() }}) as quantity,
        approvals.stake_amount as amount
    from subjects
    inner join approvals
        on subjects.subject_type = approvals.subject_type and subjects.subject_key = approvals.subject_key
    union all
    select
        reserves.item_id,
        reserves.location_id,
        reserves.period_end,
        'estimate' as step,
        cast(1 as bigint) as line_no,
        reserves.run_id as reference,
        'Reserve proposed by ' || coalesce(model_runs.model, 'the ageing policy') || ', hash ' || reserves.proposal_hash
        || coalesce(
            '; trained on ' || model_runs.training_rows || ' rows to '
            || model_runs.origin_date || ', data ' || model_runs.data_hash || ', code ' || model_runs.code_version,
            ''
        ) as evidence,
        reserves.quantity,
        reserves.proposed_amount as amount
    from reserves
    left join model_runs on reserves.run_id = model_runs.run_id
)

select * from trace_decisions
