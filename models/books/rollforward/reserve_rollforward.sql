with rollforward as (
    select * from {{ ref('int_rollforward') }}
),

closed_rollforward as (
    select * from {{ source('sealed', 'reserve_rollforward') }}
),

reserve_rollforward as (
    select * from closed_rollforward
    union all
    select
        {{ rollforward_columns() }}
    from rollforward
)

select * from reserve_rollforward
