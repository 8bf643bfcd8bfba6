with lost_decisions as (
    select * from {{ ref('int_lost_decisions') }}
),

close_status as (
    select * from {{ ref('close_status') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

-- What lost its effect in a closed period, or in one before the books begin, changes nothing any more.
decisions_without_effect as (
    select
        lost_decisions.subject_type,
        lost_decisions.subject_key,
        lost_decisions.period_end,
        '{{ var("accounting_framework") }}' as framework,
        coalesce(valuation_dates.is_latest, false) as is_latest_period,
        {{ reporting_currency() }} as currency,
        lost_decisions.status,
        lost_decisions.decision_id,
        lost_decisions.person,
        lost_decisions.spoken_at,
        cast(lost_decisions.amount as {{ money_total_type() }}) as amount,
        lost_decisions.refusal_reason,
        cast(lost_decisions.renewed_count as bigint) as renewed_count,
        cast(lost_decisions.renewed_amount as {{ money_total_type() }}) as renewed_amount,
        lost_decisions.renewed_because
    from lost_decisions
    left join close_status on lost_decisions.period_end = close_status.period_end
    left join valuation_dates on lost_decisions.period_end = valuation_dates.valuation_date
    where close_status.is_open or close_status.period_end is null
)

select * from decisions_without_effect
