with documents as (
    {% for document in [
        'opening_stock', 'receipts', 'receipt_cost_adjustments', 'customer_returns', 'transfers', 'stock_adjustments', 'sales',
    ] -%}
    select * from {{ ref('int_movements_from_' ~ document) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

posted as (
    select
        *,
        {{ posted_at('known_at', 'moved_at') }} as posted_at,
        case movement_type
            when 'opening' then 0
            when 'receipt' then 1
            when 'cost_adjustment' then 2
            when 'customer_return' then 3
            when 'transfer_in' then 4
            when 'adjustment_in' then 5
            else 6
        end as precedence
    from documents
),

as_of as (
    select max(valuation_date) as as_of_date from {{ ref('valuation_dates') }}
),

-- Only the keys are sorted: the ledger's rows are long. A number is the second of posting and a count within it, so
-- that a document that turns up late shifts no others. What becomes known in the month of a flash, but after its day,
-- is not yet posted to an earlier day of it.
numbered as (
    select
        movement_type,
        source_row_number,
        part_number,
        {{ seconds_since_1970('posted_at') }} * 1000000 + row_number() over (
            partition by {{ seconds_since_1970('posted_at') }}
            order by
                posted_at nulls last,
                moved_at nulls last,
                precedence nulls last,
                movement_type nulls last,
                document_id nulls last,
                line_no nulls last,
                source_row_number nulls last,
                part_number
        ) as movement_number
    from posted
    cross join as_of
    where greatest(cast(posted_at as date), cast(known_at as date)) <= as_of.as_of_date
),

ledger as (
    select
        posted.*,
        numbered.movement_number
    from posted
    inner join numbered
        on
            posted.movement_type = numbered.movement_type
            and posted.source_row_number = numbered.source_row_number
            and posted.part_number = numbered.part_number
)

select * from ledger
