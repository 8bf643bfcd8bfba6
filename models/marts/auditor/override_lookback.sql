with override_bias as (
    select * from {{ ref('override_bias') }}
),

override_lookback as (
    select
        reason_code,
        requested_by,
        override_count,
        {{ reporting_currency() }} as currency,
        known_count,
        override_closer_count,
        model_closer_count,
        change_amount,
        realised_loss,
        override_error_amount,
        model_error_amount,
        override_bias_rate,
        model_bias_rate
    from override_bias
)

select * from override_lookback
