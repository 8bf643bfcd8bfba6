{{ config(materialized='table') }}

with set_aside as (
    {{ rows_as_they_came('set aside') }}
),

non_product_lines as (
    select
        table_name,
        row_key,
        item_id,
        row_reason as kind,
        quantity,
        amount,
        source_row
    from set_aside
)

select * from non_product_lines
