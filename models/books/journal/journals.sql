-- A rejection stands until the journal is posted after all.
with journal_lines as (
    select * from {{ ref('journal_lines') }}
),

postings as (
    select * from {{ ref('postings') }}
),

reporting_currency as (
    select * from {{ ref('int_reporting_currency') }}
),

closed_periods as (
    select * from {{ ref('closed_periods') }}
),

journal_totals as (
    select
        journal_id,
        period_end,
        framework,
        entry_kind,
        cast(count(*) as bigint) as line_count,
        cast(sum(debit_amount) as {{ money_total_type() }}) as debit_amount,
        cast(sum(credit_amount) as {{ money_total_type() }}) as credit_amount
    from journal_lines
    group by journal_id, period_end, framework, entry_kind
),

answers as (
    select
        journal_id,
        max(case when refusal_reason is null and status = 'posted' then posted_at end) as posted_at,
        max(case when refusal_reason is null and status = 'rejected' then posted_at end) as rejected_at,
        max_by(case when refusal_reason is null and status = 'rejected' then reason end,
            case when refusal_reason is null and status = 'rejected' then posted_at end) as rejection_reason,
        cast(count(case when refusal_reason is not null then 1 end) as bigint) as refused_count
    from postings
    group by journal_id
),

journals as (
    select
        journal_totals.journal_id,
        journal_totals.period_end,
        journal_totals.framework,
        journal_totals.entry_kind,
        reporting_currency.currency,
        journal_totals.line_count,
        journal_totals.debit_amount,
        journal_totals.credit_amount,
        coalesce(closed_periods.is_closed, false) as is_closed,
        case
            when answers.posted_at is not null then 'posted'
            when answers.rejected_at is not null then 'rejected'
            else 'not posted'
        end as posting_status,
        case when answers.posted_at is null then answers.rejection_reason end as rejection_reason,
        coalesce(answers.posted_at, answers.rejected_at) as answered_at,
        coalesce(answers.refused_count, 0) as refused_count
    from journal_totals
    cross join reporting_currency
    left join closed_periods
        on
            journal_totals.period_end = closed_periods.period_end
            and journal_totals.framework = closed_periods.framework
    left join answers on journal_totals.journal_id = answers.journal_id
)

select * from journals
