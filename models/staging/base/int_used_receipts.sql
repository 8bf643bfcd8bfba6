{{ config(materialized='view') }}

{{ used_rows('receipts') }}
