-- An accrual ends with its commitment or with the loss that it foresaw: both release it.
with rollforward as (
    select * from {{ ref('int_commitment_rollforward') }}
),

closed_commitments as (
    select * from {{ source('sealed', 'commitment_rollforward') }}
),

commitment_rollforward as (
    select * from closed_commitments
    union all
    select
        item_id,
        location_id,
        period_end,
        framework,
        opening_amount,
        addition_amount,
        cast(relieved_by_sale_amount + reversal_amount as {{ money_type() }}) as released_amount,
        closing_amount
    from rollforward
    where opening_amount <> 0 or addition_amount <> 0
)

select * from commitment_rollforward
