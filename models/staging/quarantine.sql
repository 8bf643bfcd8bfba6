{{ config(materialized='table') }}

with rejected as (
    {{ rows_as_they_came('quarantined') }}
),

quarantine as (
    select
        table_name,
        row_key,
        row_reason as reason,
        source_row
    from rejected
)

select * from quarantine
