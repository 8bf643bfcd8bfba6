-- The way down from a reserve: who proposed it, who decided, why, and on which layers it stands. What waits for a
-- decision is traced before anything of it is booked.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

reserves as (
    select * from {{ ref('reserves') }}
    where framework = '{{ var("accounting_framework") }}'
),

close_steps as (
    select * from {{ ref('int_close_steps') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

items as (
    select * from {{ ref('items') }}
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
    inner join close_steps on reserves.period_end = close_steps.period_end
    where close_steps.is_open and reserves.proposed_amount <> 0
),

trace_evidence as (
    {% for evidence in ['books', 'decisions', 'reasons', 'stock'] -%}
    select * from {{ ref('int_trace_' ~ evidence) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

reserve_trace as (
    select
        traced_positions.item_id,
        traced_positions.location_id,
        traced_positions.period_end,
        '{{ var("accounting_framework") }}' as framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        trace_evidence.step,
        trace_evidence.line_no,
        trace_evidence.reference,
        trace_evidence.evidence,
        items.unit_of_measure,
        cast(trace_evidence.quantity as {{ quantity_type() }}) as quantity,
        cast(trace_evidence.amount as {{ money_total_type() }}) as amount
    from traced_positions
    inner join valuation_dates on traced_positions.period_end = valuation_dates.valuation_date
    left join items on traced_positions.item_id = items.item_id
    inner join trace_evidence
        on
            traced_positions.item_id = trace_evidence.item_id
            and traced_positions.location_id = trace_evidence.location_id
            and traced_positions.period_end = trace_evidence.period_end
)

select * from reserve_trace
