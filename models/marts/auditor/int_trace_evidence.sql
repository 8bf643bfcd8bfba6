-- The lines under the booked amounts, each as the room it comes from tells it.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
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
        'estimate' as step,
        cast(1 as bigint) as line_no,
        run_id as reference,
        'Reserve that the model run proposed, hash ' || proposal_hash as evidence,
        quantity,
        proposed_amount as amount
    from reserve_decisions
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
        movements.movement_type as evidence,
        cost_layers.quantity,
        cost_layers.cost_value as amount
    from cost_layers
    left join movements on cost_layers.receipt_movement_number = movements.movement_number
)

select * from trace_evidence
