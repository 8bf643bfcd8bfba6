{{ config(materialized='table') }}

select * from {{ source('prepared', 'source_files') }}
