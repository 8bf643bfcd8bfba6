-- Customers order one piece and a thousand: only a line far above all that the item sold in one before is doubtful.
with compared_sales as (
    select
        source_row_number,
        item_id,
        location_id,
        quantity,
        unit_price,
        count(*) over earlier_lines as line_count,
        max(quantity) over earlier_lines as largest_quantity
    from {{ ref('stg_sales') }}
    window earlier_lines as (
        partition by item_id
        order by sold_at nulls last, source_row_number nulls last
        rows between unbounded preceding and 1 preceding
    )
),

doubtful_sales as (
    select * from {{ ref('int_doubtful_sales') }}
    union all
    select
        source_row_number,
        item_id,
        location_id,
        'quantity' as column_name,
        quantity as value,
        largest_quantity as reference_value,
        unit_price as units,
        'the largest of the item''s earlier sales' as reference_name
    from compared_sales
    where line_count >= 10 and {{ is_far_above('quantity', 'largest_quantity') }}
),

-- A reason that can only lower stock with a positive quantity, in a table that else books with signs: the reversal of
-- an earlier one, or a slip.
doubtful_adjustments as (
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
        {{ row_key('receipts', 'stg_receipts') }} as row_key,
        doubtful_receipts.*
    from {{ ref('int_doubtful_receipts') }} as doubtful_receipts
    inner join {{ ref('stg_receipts') }} as stg_receipts
        on doubtful_receipts.source_row_number = stg_receipts.source_row_number
    union all
    select
        'sales' as table_name,
        {{ row_key('sales', 'stg_sales') }} as row_key,
        doubtful_sales.*
    from doubtful_sales
    inner join {{ ref('stg_sales') }} as stg_sales
        on doubtful_sales.source_row_number = stg_sales.source_row_number
    union all
    select
        'stock_adjustments' as table_name,
        {{ row_key('stock_adjustments', 'stg_stock_adjustments') }} as row_key,
        doubtful_adjustments.*
    from doubtful_adjustments
    inner join {{ ref('stg_stock_adjustments') }} as stg_stock_adjustments
        on doubtful_adjustments.source_row_number = stg_stock_adjustments.source_row_number
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
