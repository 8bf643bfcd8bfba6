-- The way down from a booked amount: who proposed it, who decided, why, and on which layers it stands.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}' and closing_amount <> 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

items as (
    select * from {{ ref('items') }}
),

trace_evidence as (
    select * from {{ ref('int_trace_books') }}
    union all
    select * from {{ ref('int_trace_decisions') }}
    union all
    select * from {{ ref('int_trace_stock') }}
),

reserve_trace as (
    select
        reserve_rollforward.item_id,
        reserve_rollforward.location_id,
        reserve_rollforward.period_end,
        reserve_rollforward.framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        trace_evidence.step,
        trace_evidence.line_no,
        trace_evidence.reference,
        trace_evidence.evidence,
        items.unit_of_measure,
        cast(trace_evidence.quantity as {{ quantity_type() }}) as quantity,
        cast(trace_evidence.amount as {{ money_total_type() }}) as amount
    from reserve_rollforward
    inner join valuation_dates on reserve_rollforward.period_end = valuation_dates.valuation_date
    left join items on reserve_rollforward.item_id = items.item_id
    inner join trace_evidence
        on
            reserve_rollforward.item_id = trace_evidence.item_id
            and reserve_rollforward.location_id = trace_evidence.location_id
            and reserve_rollforward.period_end = trace_evidence.period_end
)

select * from reserve_trace
