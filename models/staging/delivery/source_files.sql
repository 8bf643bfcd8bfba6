select * from {{ source('prepared', 'source_files') }}
