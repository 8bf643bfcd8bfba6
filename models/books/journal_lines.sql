-- Write-down: debit inventory write-downs (cost of sales), credit inventory reserve.
-- Relief by sale: debit inventory reserve, credit cost of sales. By scrap: debit inventory reserve, credit inventory
-- scrapped. Reversal (IFRS only, IAS 2.34): debit inventory reserve, credit inventory write-downs.
-- A journal's id is its framework, period and kind, so that posting it twice is refused by its name.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

gl_accounts as (
    select * from {{ ref('gl_accounts') }}
),

entries as (
    {% for kind in ['addition', 'relieved_by_sale', 'relieved_by_scrap', 'reversal'] -%}
    select
        item_id,
        location_id,
        period_end,
        framework,
        '{{ kind }}' as entry_kind,
        {{ kind }}_amount as amount
    from reserve_rollforward
    where {{ kind }}_amount <> 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

journal_lines as (
    select
        entries.framework || '-' || entries.period_end || '-' || entries.entry_kind as journal_id,
        row_number() over (
            partition by entries.framework, entries.period_end, entries.entry_kind
            order by
                entries.item_id asc nulls last,
                entries.location_id asc nulls last,
                gl_accounts.side desc nulls last
        ) as line_no,
        entries.period_end,
        entries.framework,
        gl_accounts.account_code,
        entries.item_id,
        entries.location_id,
        case when gl_accounts.side = 'debit' then entries.amount else cast(0 as decimal(18, 4)) end
            as debit_amount,
        case when gl_accounts.side = 'credit' then entries.amount else cast(0 as decimal(18, 4)) end
            as credit_amount,
        gl_accounts.account_name || ': ' || replace(entries.entry_kind, '_', ' ') as description
    from entries
    inner join gl_accounts on entries.entry_kind = gl_accounts.entry_kind
)

select * from journal_lines
