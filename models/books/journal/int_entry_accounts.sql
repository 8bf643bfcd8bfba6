-- The account of an entry is the one of the most telling row of the seed: of the rows that fit, the one with the fewest
-- wildcards; of as many, category tells more than location, and location more than framework.
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
)

select * from entry_accounts
