{{ config(materialized='table') }}

with doubtful as (
    select
        'receipts' as table_name,
        base.row_key,
        doubtful_receipts.*
    from {{ ref('int_doubtful_receipts') }} as doubtful_receipts
    inner join {{ ref('base_receipts') }} as base on doubtful_receipts.source_row_number = base.source_row_number
    union all
    select
        'sales' as table_name,
        base.row_key,
        doubtful_sales.*
    from (
        select * from {{ ref('int_doubtful_sales') }}
        union all
        select * from {{ ref('int_doubtful_quantities') }}
    ) as doubtful_sales
    inner join {{ ref('base_sales') }} as base on doubtful_sales.source_row_number = base.source_row_number
    union all
    select
        'stock_adjustments' as table_name,
        base.row_key,
        doubtful_adjustments.*
    from {{ ref('int_doubtful_adjustments') }} as doubtful_adjustments
    inner join {{ ref('base_stock_adjustments') }} as base
        on doubtful_adjustments.source_row_number = base.source_row_number
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
