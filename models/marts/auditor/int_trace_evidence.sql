-- The lines under the booked amounts, each as the room it comes from tells it.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
    where framework = '{{ var("accounting_framework") }}'
),

model_runs as (
    select * from {{ ref('model_runs') }}
),

approvals as (
    select * from {{ ref('approvals') }}
),

overrides as (
    select * from {{ ref('overrides') }}
),

reserve_drivers as (
    select * from {{ ref('reserve_drivers') }}
),

cost_layers as (
    select * from {{ ref('cost_layers') }}
),

movements as (
    select * from {{ ref('movements') }}
),

trace_evidence as (
    select
        item_id,
        location_id,
        period_end,
        'booked' as step,
        cast(1 as bigint) as line_no,
        framework as reference,
        'Reserve in the books at the end of the period' as evidence,
        cast(null as decimal(18, 4)) as quantity,
        closing_amount as amount
    from reserve_rollforward
    union all
    select
        reserve_decisions.item_id,
        reserve_decisions.location_id,
        reserve_decisions.period_end,
        'decision' as step,
        cast(1 as bigint) as line_no,
        case when reserve_decisions.decision_status = 'override applied' then overrides.override_id end as reference,
        case
            when reserve_decisions.decision_status = 'override applied'
                then 'Override asked for by ' || overrides.requested_by || ' (' || overrides.reason_code || ': '
                || overrides.rationale || '), approved by ' || reserve_decisions.decided_by
            else 'The proposal: '
                || reserve_decisions.decision_status || coalesce(' by ' || reserve_decisions.decided_by, '')
        end as evidence,
        cast(null as decimal(18, 4)) as quantity,
        reserve_decisions.decided_amount as amount
    from reserve_decisions
    left join overrides on reserve_decisions.override_id = overrides.override_id
    union all
    select
        item_id,
        location_id,
        period_end,
        'journal' as step,
        row_number() over (
            partition by item_id, location_id, period_end order by journal_id nulls last, line_no nulls last
        ) as line_no,
        journal_id || ' line ' || line_no as reference,
        account_code || ' ' || description as evidence,
        cast(null as decimal(18, 4)) as quantity,
        cast(debit_amount - credit_amount as decimal(18, 4)) as amount
    from journal_lines
    union all
    select
        reserve_decisions.item_id,
        reserve_decisions.location_id,
        reserve_decisions.period_end,
        'approval' as step,
        row_number() over (
            partition by reserve_decisions.item_id, reserve_decisions.location_id, reserve_decisions.period_end
            order by approvals.decided_at nulls last, approvals.approval_id nulls last, approvals.delivery_number nulls last
        ) as line_no,
        approvals.approval_id as reference,
        approvals.subject_type || ' ' || approvals.decision || ' by ' || coalesce(approvals.approver, 'nobody')
        || coalesce(' as ' || approvals.approver_role, '') || coalesce(' on ' || approvals.decided_at, '')
        || ', ' || approvals.approval_status || coalesce(': ' || approvals.refusal_reason, '') as evidence,
        cast(null as decimal(18, 4)) as quantity,
        approvals.stake_amount as amount
    from reserve_decisions
    inner join approvals
        on approvals.subject_key in (
            reserve_decisions.override_id,
            {{ write_down_key('reserve_decisions') }},
            cast(reserve_decisions.period_end as string)
        )
    union all
    select
        reserve_decisions.item_id,
        reserve_decisions.location_id,
        reserve_decisions.period_end,
        'estimate' as step,
        cast(1 as bigint) as line_no,
        reserve_decisions.run_id as reference,
        'Reserve that the model run proposed, hash ' || reserve_decisions.proposal_hash
        || coalesce(
            '; ' || model_runs.model || ' trained on ' || model_runs.training_rows || ' rows to '
            || model_runs.origin_date || ', data ' || model_runs.data_hash || ', code ' || model_runs.code_version,
            ''
        ) as evidence,
        reserve_decisions.quantity,
        reserve_decisions.proposed_amount as amount
    from reserve_decisions
    left join model_runs on reserve_decisions.run_id = model_runs.run_id
    union all
    select
        item_id,
        location_id,
        valuation_date as period_end,
        'driver' as step,
        cast(driver_rank as bigint) as line_no,
        feature as reference,
        reason as evidence,
        cast(null as decimal(18, 4)) as quantity,
        driver_amount as amount
    from reserve_drivers
    union all
    select
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date as period_end,
        'layer' as step,
        cast(cost_layers.layer_number as bigint) as line_no,
        movements.movement_id as reference,
        movements.movement_type || ' ' || movements.document_id || ' of ' || cast(movements.moved_at as date)
        || ', in stock since ' || cost_layers.received_on as evidence,
        cost_layers.quantity,
        cost_layers.cost_value as amount
    from cost_layers
    left join movements on cost_layers.receipt_movement_number = movements.movement_number
    union all
    select
        item_id,
        location_id,
        cast(last_day(cast(moved_at as date)) as date) as period_end,
        'sale' as step,
        movement_number as line_no,
        movement_id as reference,
        movement_type || ' ' || document_id || ' of ' || cast(moved_at as date) as evidence,
        -quantity_change as quantity,
        net_amount as amount
    from movements
    where movement_type in ('sale', 'customer_return')
)

select * from trace_evidence
