with reserve_shares as (
    select * from {{ ref('int_reserve_shares') }}
),

reserve_concentration as (
    select
        period_end,
        '{{ var("accounting_framework") }}' as framework,
        is_latest_period,
        {{ reporting_currency() }} as currency,
        dimension,
        member,
        positions,
        cost_value,
        model_reserve_amount,
        booked_amount,
        model_reserve_rate,
        share_rate,
        share_rank
    from reserve_shares
)

select * from reserve_concentration
