-- A doubtful value stands in a row that is used, is what staging says, and carries no mend of its column.
with usable as (
    select
        'receipts' as table_name,
        'unit_cost' as column_name,
        source_row_number,
        unit_cost as value,
        mends
    from staging.stg_receipts
    union all
    select
        'receipts' as table_name,
        'quantity' as column_name,
        source_row_number,
        quantity as value,
        mends
    from staging.stg_receipts
    union all
    select
        'sales' as table_name,
        'unit_price' as column_name,
        source_row_number,
        unit_price as value,
        mends
    from staging.stg_sales
    union all
    select
        'sales' as table_name,
        'quantity' as column_name,
        source_row_number,
        quantity as value,
        mends
    from staging.stg_sales
),

doubtful_values as (
    select
        *,
        cast(regexp_extract(row_key, '[0-9]+$') as bigint) as source_row_number
    from staging.doubtful_values
)

select
    doubtful_values.table_name,
    doubtful_values.row_key,
    doubtful_values.column_name
from doubtful_values
left join usable
    on
        doubtful_values.table_name = usable.table_name
        and doubtful_values.column_name = usable.column_name
        and doubtful_values.source_row_number = usable.source_row_number
where
    usable.source_row_number is null
    or usable.value <> doubtful_values.value
    or usable.mends like '%' || doubtful_values.column_name || ' was%'
    or doubtful_values.ratio between 0.2 and 5
