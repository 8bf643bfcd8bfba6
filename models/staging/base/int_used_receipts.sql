{{ config(materialized='view') }}

{{ used_rows('receipts', for_amounts=true) }}
