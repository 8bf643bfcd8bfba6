-- A journal's id is its framework, period and kind, so that posting it twice is refused by its name. The account of an
-- entry is the one of the most telling row of the seed: of the rows that fit, the one with the fewest wildcards; of as
-- many, category tells more than location, and location more than framework.
with entries as (
    select * from {{ ref('int_entries') }}
),

gl_accounts as (
    select * from {{ ref('gl_accounts') }}
),

entry_keys as (
    select distinct entry_kind, side, category, location_id, framework from entries
),

accounts_ranked as (
    select
        entry_keys.*,
        gl_accounts.account_code,
        gl_accounts.account_name,
        row_number() over (
            partition by
                entry_keys.entry_kind, entry_keys.side, entry_keys.category, entry_keys.location_id,
                entry_keys.framework
            order by
                case when gl_accounts.category = '*' then 0 else 12 end
                + case when gl_accounts.location_id = '*' then 0 else 11 end
                + case when gl_accounts.framework = '*' then 0 else 10 end desc nulls last
        ) as place
    from entry_keys
    inner join gl_accounts
        on
            entry_keys.entry_kind = gl_accounts.entry_kind
            and entry_keys.side = gl_accounts.side
            and gl_accounts.category in ('*', entry_keys.category)
            and gl_accounts.location_id in ('*', entry_keys.location_id)
            and gl_accounts.framework in ('*', entry_keys.framework)
),

entry_accounts as (
    select * from accounts_ranked
    where place = 1
),

closed_journal_lines as (
    select * from {{ source('sealed', 'journal_lines') }}
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
