-- A reason that can only lower stock with a positive quantity, in a table that else books with signs: the reversal of
-- an earlier one, or a slip.
with doubtful_adjustments as (
    select
        source_row_number,
        item_id,
        location_id,
        'quantity' as column_name,
        quantity as value,
        -quantity as reference_value,
        unit_cost as units,
        'what a ' || replace(lower(reason), '_', ' ') || ' does to stock' as reference_name
    from {{ ref('stg_stock_adjustments') }}
    where
        quantity > 0
        and lower(reason) in ('write_off', 'damage', 'theft', 'expiry', 'obsolete', 'supplier_return')
),

doubtful as (
    select
        'receipts' as table_name,
        concat_ws('/', lines.receipt_id, lines.line_no, 'row ' || lines.source_row_number) as row_key,
        doubtful_receipts.*
    from {{ ref('int_doubtful_receipts') }} as doubtful_receipts
    inner join {{ ref('stg_receipts') }} as lines on doubtful_receipts.source_row_number = lines.source_row_number
    union all
    select
        'sales' as table_name,
        concat_ws('/', lines.order_id, lines.line_no, 'row ' || lines.source_row_number) as row_key,
        doubtful_sales.*
    from {{ ref('int_doubtful_sales') }} as doubtful_sales
    inner join {{ ref('stg_sales') }} as lines on doubtful_sales.source_row_number = lines.source_row_number
    union all
    select
        'stock_adjustments' as table_name,
        concat_ws('/', lines.adjustment_id, lines.item_id, lines.location_id, 'row ' || lines.source_row_number)
            as row_key,
        doubtful_adjustments.*
    from doubtful_adjustments
    inner join {{ ref('stg_stock_adjustments') }} as lines
        on doubtful_adjustments.source_row_number = lines.source_row_number
),

doubtful_values as (
    select
        table_name,
        row_key,
        column_name,
        item_id,
        location_id,
        cast(value as {{ unit_value_type() }}) as value,
        cast(reference_value as {{ unit_value_type() }}) as reference_value,
        {{ ratio('value', 'reference_value') }} as ratio,
        {{ rounded_amount('abs(cast(value as double) - reference_value) * units') }} as amount,
        column_name || ' ' || {{ plain_number('value') }} || ' is '
        || case
            when value = 0 then 'nothing against '
            when reference_value < 0 then 'above zero against '
            when value > reference_value
                then {{ plain_number('round(' ~ ratio('value', 'reference_value') ~ ', 1)') }} || ' times '
            else 'one in ' || {{ plain_number('round(' ~ ratio('reference_value', 'value') ~ ', 1)') }} || ' of '
        end
        || {{ plain_number('reference_value') }} || ', ' || reference_name || '.' as explanation
    from doubtful
)

select * from doubtful_values
