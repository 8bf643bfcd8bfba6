with rollforward as (
    select * from {{ ref('int_rollforward') }}
),

reserve_rollforward as (
    select
        item_id,
        location_id,
        period_end,
        framework,
        opening_amount,
        addition_amount,
        relieved_by_sale_amount,
        relieved_by_scrap_amount,
        reversal_amount,
        cast(0 as decimal(18, 4)) as currency_amount,
        transferred_amount,
        closing_amount
    from rollforward
)

select * from reserve_rollforward
