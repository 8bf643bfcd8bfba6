with rollforward as (
    select * from {{ ref('int_restated_rollforward') }}
),

restated_rollforward as (
    select
        {{ rollforward_columns() }}
    from rollforward
)

select * from restated_rollforward
