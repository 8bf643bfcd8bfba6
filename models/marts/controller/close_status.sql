with close_steps as (
    select * from {{ ref('int_close_steps') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

close_status as (
    select
        close_steps.period_end,
        '{{ var("accounting_framework") }}' as framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        close_steps.position_count,
        close_steps.cost_value,
        close_steps.proposed_amount,
        close_steps.present_amount,
        close_steps.decided_amount,
        close_steps.period_status,
        close_steps.decided_by,
        close_steps.decided_at,
        close_steps.refusal_reason,
        close_steps.opening_question,
        close_steps.booked_count,
        close_steps.awaiting_count,
        close_steps.awaiting_amount,
        close_steps.awaiting_override_count,
        close_steps.lapsed_count,
        close_steps.lapsed_amount,
        close_steps.refused_count,
        close_steps.refused_amount,
        close_steps.refused_override_count,
        close_steps.refused_override_amount,
        close_steps.booked_amount,
        close_steps.journal_amount,
        close_steps.is_closed,
        close_steps.is_open,
        close_steps.untied_count,
        close_steps.next_step
    from close_steps
    inner join valuation_dates on close_steps.period_end = valuation_dates.valuation_date
)

select * from close_status
