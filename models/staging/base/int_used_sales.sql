{{ config(materialized='view') }}

{{ used_rows('sales', for_amounts=true) }}
