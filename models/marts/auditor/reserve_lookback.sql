with reserve_outcomes as (
    select * from {{ ref('reserve_outcomes') }}
    where framework = '{{ var("accounting_framework") }}'
),

reserve_lookback as (
    select
        valuation_date as period_end,
        framework,
        is_latest_period,
        {{ reporting_currency() }} as currency,
        category,
        positions,
        cost_value,
        booked_amount,
        model_reserve_amount,
        static_ageing_amount,
        realised_loss,
        unexpected_amount,
        over_reserve_amount,
        booked_error_amount,
        model_error_amount,
        static_ageing_error_amount,
        booked_bias_rate
    from reserve_outcomes
)

select * from reserve_lookback
