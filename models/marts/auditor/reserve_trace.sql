-- The way down from a booked amount: who proposed it, why, and on which layers it stands.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}' and closing_amount <> 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'ml'
),

predictions as (
    select * from {{ ref('predictions') }}
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

evidence as (
    select
        item_id,
        location_id,
        period_end as valuation_date,
        'booked' as step,
        cast(1 as bigint) as line_no,
        framework as reference,
        'Reserve in the books at the end of the period' as evidence,
        cast(null as decimal(18, 4)) as quantity,
        closing_amount as amount
    from reserve_rollforward
    union all
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        reserve_estimates.valuation_date,
        'estimate' as step,
        cast(1 as bigint) as line_no,
        predictions.run_id as reference,
        'Reserve that the model run proposed' as evidence,
        reserve_estimates.quantity,
        reserve_estimates.reserve_amount as amount
    from reserve_estimates
    inner join predictions
        on
            reserve_estimates.item_id = predictions.item_id
            and reserve_estimates.location_id = predictions.location_id
            and reserve_estimates.valuation_date = predictions.valuation_date
    union all
    select
        item_id,
        location_id,
        valuation_date,
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
        cost_layers.valuation_date,
        'layer' as step,
        cast(cost_layers.layer_number as bigint) as line_no,
        movements.movement_id as reference,
        movements.movement_type as evidence,
        cost_layers.quantity,
        cost_layers.cost_value as amount
    from cost_layers
    left join movements on cost_layers.receipt_movement_number = movements.movement_number
),

reserve_trace as (
    select
        reserve_rollforward.item_id,
        reserve_rollforward.location_id,
        reserve_rollforward.period_end,
        reserve_rollforward.framework,
        valuation_dates.is_latest as is_latest_period,
        evidence.step,
        evidence.line_no,
        evidence.reference,
        evidence.evidence,
        evidence.quantity,
        evidence.amount
    from reserve_rollforward
    inner join valuation_dates on reserve_rollforward.period_end = valuation_dates.valuation_date
    inner join evidence
        on
            reserve_rollforward.item_id = evidence.item_id
            and reserve_rollforward.location_id = evidence.location_id
            and reserve_rollforward.period_end = evidence.valuation_date
)

select * from reserve_trace
