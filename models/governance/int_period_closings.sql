-- Books close in order: once somebody with the authority has approved a later period, no decision reopens this one.
with given_decisions as (
    select * from {{ ref('int_given_decisions') }}
    where subject_type = 'period' and decision = 'approved' and content_count = 1
),

authority_levels as (
    select * from {{ ref('authority_levels') }}
    where subject_type = 'period' and approver_role <> 'automatic'
),

periods as (
    select
        period_end,
        cast(sum(proposed_amount) as {{ money_total_type() }}) as proposed_amount
    from {{ ref('int_proposals') }}
    group by period_end
),

approvals_by_period as (
    select
        periods.period_end,
        min(given_decisions.decided_at) as approved_at
    from periods
    inner join given_decisions on cast(periods.period_end as string) = given_decisions.subject_key
    inner join authority_levels on given_decisions.approver_role = authority_levels.approver_role
    where
        given_decisions.holds_role
        and given_decisions.bare_approver is not null
        and given_decisions.decided_at >= periods.period_end
        and periods.proposed_amount <= authority_levels.period_limit_amount
    group by periods.period_end
),

period_closings as (
    select
        periods.period_end,
        min(approvals_by_period.approved_at) over (
            order by periods.period_end asc nulls last
            rows between 1 following and unbounded following
        ) as closed_at
    from periods
    left join approvals_by_period on periods.period_end = approvals_by_period.period_end
)

select * from period_closings
