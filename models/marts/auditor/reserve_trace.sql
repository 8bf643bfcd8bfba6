-- The way down from a reserve: who proposed it, who decided, why, and on which layers it stands. What waits for a
-- decision is traced before anything of it is booked. A view, that answers for the position asked for; its names say no
-- database, so that it stands in the published file as well.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward').include(database=false) }}
    where framework = '{{ var("accounting_framework") }}'
),

reserves as (
    select * from {{ ref('reserves').include(database=false) }}
    where framework = '{{ var("accounting_framework") }}'
),

close_status as (
    select * from {{ ref('close_status').include(database=false) }}
),

calendar as (
    select * from {{ ref('calendar').include(database=false) }}
),

items as (
    select * from {{ ref('items').include(database=false) }}
),

traced_positions as (
    select
        item_id,
        location_id,
        period_end
    from reserve_rollforward
    where closing_amount <> 0
    union
    select
        reserves.item_id,
        reserves.location_id,
        reserves.period_end
    from reserves
    inner join close_status on reserves.period_end = close_status.period_end
    where close_status.is_open and reserves.proposed_amount <> 0
),

trace_evidence as (
    select * from {{ ref('int_trace_amounts') }}
    union all
    select * from {{ ref('int_trace_decisions') }}
),

reserve_trace as (
    select
        traced_positions.item_id,
        traced_positions.location_id,
        traced_positions.period_end,
        '{{ var("accounting_framework") }}' as framework,
        calendar.is_latest_period,
        (select max(currency) from close_status) as currency,
        trace_evidence.step,
        trace_evidence.line_no,
        trace_evidence.reference,
        trace_evidence.evidence,
        items.unit_of_measure,
        cast(trace_evidence.quantity as {{ quantity_type() }}) as quantity,
        cast(trace_evidence.amount as {{ money_total_type() }}) as amount
    from traced_positions
    inner join calendar on traced_positions.period_end = calendar.period_end
    left join items on traced_positions.item_id = items.item_id
    inner join trace_evidence
        on
            traced_positions.item_id = trace_evidence.item_id
            and traced_positions.location_id = trace_evidence.location_id
            and traced_positions.period_end = trace_evidence.period_end
)

select * from reserve_trace
