-- A journal's id is its framework, period and kind, so that posting it twice is refused by its name.
with entries as (
    select * from {{ ref('int_entries') }}
),

entry_accounts as (
    select * from {{ ref('int_entry_accounts') }}
),

closed_journal_lines as (
    {{ closed_rows('closed_journal_lines') }}
),

open_journal_lines as (
    select
        entries.framework || '-' || entries.period_end || '-' || entries.entry_kind as journal_id,
        row_number() over (
            partition by entries.framework, entries.period_end, entries.entry_kind
            order by
                entries.item_id asc nulls last,
                entries.location_id asc nulls last,
                entries.side desc nulls last
        ) as line_no,
        entries.period_end,
        entries.framework,
        entries.entry_kind,
        entry_accounts.account_code,
        entries.item_id,
        entries.location_id,
        cast(case when entries.side = 'debit' then entries.amount else 0 end as {{ money_type() }}) as debit_amount,
        cast(case when entries.side = 'credit' then entries.amount else 0 end as {{ money_type() }}) as credit_amount,
        entry_accounts.account_name || ': ' || replace(entries.entry_kind, '_', ' ') as description
    from entries
    inner join entry_accounts
        on
            entries.entry_kind = entry_accounts.entry_kind
            and entries.side = entry_accounts.side
            and entries.category = entry_accounts.category
            and entries.location_id = entry_accounts.location_id
            and entries.framework = entry_accounts.framework
),

journal_lines as (
    select * from closed_journal_lines
    union all
    select * from open_journal_lines
)

select * from journal_lines
