-- What is left to do before a period can be closed.
with period_proposals as (
    select * from {{ ref('period_proposals') }}
),

decision_counts as (
    select
        period_end,
        count(*) filter (where decision_status = 'awaiting approval') as awaiting_count,
        coalesce(sum(decided_amount) filter (where decision_status = 'awaiting approval'), 0) as awaiting_amount,
        count(*) filter (where override_status = 'awaiting approval') as awaiting_override_count,
        count(*) filter (where is_booked) as booked_count
    from {{ ref('reserve_decisions') }}
    group by period_end
),

lost_counts as (
    select
        period_end,
        {%- for name, condition in {
            'lapsed': "status = 'lapsed'",
            'refused': "status = 'refused' and subject_type <> 'request'",
            'refused_override': "subject_type = 'request'",
        }.items() %}
        cast(count(case when {{ condition }} then 1 end) as bigint) as {{ name }}_count,
        cast(sum(case when {{ condition }} then amount else 0 end) as {{ money_total_type() }})
            as {{ name }}_amount{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_lost_decisions') }}
    group by period_end
),

books_beginning as (
    select * from {{ ref('int_books_beginning') }}
),

closed_periods as (
    select * from {{ ref('closed_periods') }}
    where framework = '{{ var("accounting_framework") }}'
),

open_tie_outs as (
    select
        period_end,
        count(*) filter (where not is_tied) as untied_count
    from {{ ref('tie_outs') }}
    group by period_end
),

close_status as (
    select
        period_proposals.period_end,
        '{{ var("accounting_framework") }}' as framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        period_proposals.position_count,
        period_proposals.cost_value,
        period_proposals.proposed_amount,
        period_proposals.present_amount,
        period_proposals.decided_amount,
        coalesce(closed_periods.period_status, period_proposals.period_status) as period_status,
        coalesce(closed_periods.decided_by, period_proposals.decided_by) as decided_by,
        period_proposals.decided_at,
        coalesce(
            period_proposals.refusal_reason,
            case when holder_counts.holder_count = 0 then '{{ nobody_may_approve() }}' end
        ) as refusal_reason,
        case
            when
                period_proposals.period_end = books_beginning.period_end and not books_beginning.is_closed
                and books_beginning.opening_source = 'unknown'
                then {{ opening_is_unknown('books_beginning.opening_date') }}
        end as opening_question,
        decision_counts.booked_count,
        decision_counts.awaiting_count,
        cast(decision_counts.awaiting_amount as {{ money_total_type() }}) as awaiting_amount,
        decision_counts.awaiting_override_count,
        {%- for name in ['lapsed', 'refused', 'refused_override'] %}
        coalesce(lost_counts.{{ name }}_count, 0) as {{ name }}_count,
        coalesce(lost_counts.{{ name }}_amount, 0) as {{ name }}_amount,
        {%- endfor %}
        cast(coalesce(closed_periods.reserve_amount, 0) as {{ money_total_type() }}) as booked_amount,
        cast(coalesce(closed_periods.journal_amount, 0) as {{ money_total_type() }}) as journal_amount,
        coalesce(closed_periods.is_closed, false) as is_closed,
        not coalesce(closed_periods.is_closed, false)
        and period_proposals.period_end >= books_beginning.period_end as is_open,
        coalesce(open_tie_outs.untied_count, 0) as untied_count,
        case
            when closed_periods.is_closed then 'closed'
            when period_proposals.period_end < books_beginning.period_end then 'none: the books here begin later'
            when open_tie_outs.untied_count > 0 then 'mend what does not tie'
            when period_states.is_overtaken then period_states.closing_step
            when holder_counts.holder_count = 0 then 'name who may approve in the seed approvers'
            when period_proposals.period_status = 'rejected'
                then 'rejected: ask for overrides, or for new proposals by the var renew_proposals'
            when decision_counts.awaiting_override_count > 0 then 'decide on overrides'
            when period_proposals.period_status = 'awaiting approval' and lost_counts.lapsed_count > 0
                then 'approve the period: an approval has lapsed'
            when period_proposals.period_status = 'awaiting approval' then 'approve the period'
            when decision_counts.awaiting_count > 0 then 'decide on write-downs above the approver''s limit'
            when
                period_proposals.period_end = books_beginning.period_end and books_beginning.opening_source = 'unknown'
                then 'say what the reserve was before: opening_question'
            else period_states.closing_step
        end as next_step,
        period_proposals.period_hash
    from period_proposals
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on period_proposals.period_end = valuation_dates.valuation_date
    cross join (select count(*) as holder_count from {{ ref('role_holders') }}) as holder_counts
    cross join books_beginning
    inner join decision_counts on period_proposals.period_end = decision_counts.period_end
    left join lost_counts on period_proposals.period_end = lost_counts.period_end
    left join {{ ref('int_period_states') }} as period_states
        on period_proposals.period_end = period_states.period_end
    left join closed_periods on period_proposals.period_end = closed_periods.period_end
    left join open_tie_outs on period_proposals.period_end = open_tie_outs.period_end
)

select * from close_status
