with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
    where framework = '{{ var("accounting_framework") }}'
),

trace_books as (
    select
        item_id,
        location_id,
        period_end,
        'booked' as step,
        cast(1 as bigint) as line_no,
        framework as reference,
        'Reserve in the books at the end of the period' as evidence,
        cast(null as {{ quantity_type() }}) as quantity,
        closing_amount as amount
    from reserve_rollforward
    union all
    select
        item_id,
        location_id,
        period_end,
        'journal' as step,
        row_number() over (
            partition by item_id, location_id, period_end
            order by journal_id nulls last, line_no nulls last
        ) as line_no,
        journal_id || ' line ' || line_no as reference,
        account_code || ' ' || description as evidence,
        cast(null as {{ quantity_type() }}) as quantity,
        cast(debit_amount - credit_amount as {{ money_type() }}) as amount
    from journal_lines
)

select * from trace_books
