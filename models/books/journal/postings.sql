-- What the finance system answered, each answer judged. One journal is posted once: a second posting of it is refused
-- here, and has to be taken back there.
with stg_journal_postings as (
    select * from {{ ref('stg_journal_postings') }}
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
),

journal_totals as (
    select
        journal_id,
        cast(count(*) as bigint) as line_count,
        cast(sum(debit_amount) as {{ money_total_type() }}) as debit_amount
    from journal_lines
    group by journal_id
),

checked_postings as (
    select
        stg_journal_postings.posting_id,
        stg_journal_postings.source_row_number,
        stg_journal_postings.journal_id,
        lower(stg_journal_postings.status) as status,
        stg_journal_postings.reason,
        stg_journal_postings.posted_at,
        stg_journal_postings.line_count,
        stg_journal_postings.debit_amount,
        case
            when journal_totals.journal_id is null then 'no such journal was written here'
            when lower(stg_journal_postings.status) not in ('posted', 'rejected')
                then 'the status is neither posted nor rejected'
            when
                lower(stg_journal_postings.status) = 'posted'
                and abs(stg_journal_postings.debit_amount - journal_totals.debit_amount) >= 0.01
                then 'posted with another amount than '
                    || {{ plain_number('journal_totals.debit_amount') }} || ', which was written'
        end as first_refusal
    from stg_journal_postings
    left join journal_totals on stg_journal_postings.journal_id = journal_totals.journal_id
),

placed_postings as (
    select
        *,
        row_number() over (
            partition by journal_id, status
            order by
                case when first_refusal is null then 0 else 1 end asc nulls last,
                posted_at asc nulls last, posting_id asc nulls last
        ) as place
    from checked_postings
),

postings as (
    select
        posting_id,
        source_row_number,
        journal_id,
        status,
        reason,
        posted_at,
        line_count,
        debit_amount,
        coalesce(
            first_refusal, case when status = 'posted' and place > 1 then 'the journal had been posted already' end
        ) as refusal_reason
    from placed_postings
)

select * from postings
