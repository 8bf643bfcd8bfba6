-- The books of a period as they stand now, under the last entry of the decisions' log: the two chains hold each other.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
),

last_entry as (
    select max(entry_number) as entry_number from {{ ref('audit_log') }}
),

audit_log as (
    select entries.entry_hash
    from {{ ref('audit_log') }} as entries
    inner join last_entry on entries.entry_number = last_entry.entry_number
),

hashed_positions as (
    select
        framework,
        period_end,
        closing_amount,
        {{ hash_of([
            'item_id', 'location_id', 'opening_amount', 'addition_amount', 'reversal_amount', 'closing_amount',
        ]) }} as position_hash
    from reserve_rollforward
),

books as (
    select
        framework,
        period_end,
        sum(closing_amount) as reserve_amount,
        {{ sha256_hex(joined_in_order('position_hash')) }} as rollforward_hash
    from hashed_positions
    group by framework, period_end
),

journals as (
    select
        framework,
        period_end,
        count(*) as line_count,
        sum(debit_amount) as debit_amount
    from journal_lines
    group by framework, period_end
),

booking_events as (
    select
        {{ source_name() }} as source_name,
        'booking' as event,
        books.framework || ' ' || books.period_end as subject_id,
        cast(books.period_end as timestamp) as happened_at,
        'books' as actor,
        coalesce(journals.line_count, 0) || ' lines, ' || coalesce(journals.debit_amount, 0) || ' posted, '
        || books.reserve_amount || ' reserved, roll-forward ' || books.rollforward_hash as words,
        audit_log.entry_hash as audit_entry_hash,
        '{{ invocation_id }}' as written_by_build
    from books
    left join journals on books.framework = journals.framework and books.period_end = journals.period_end
    cross join audit_log
)

select * from booking_events
