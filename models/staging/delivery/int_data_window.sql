select * from {{ source('prepared', 'data_window') }}
