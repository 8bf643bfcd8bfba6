-- Whether people who overrule the model are closer than it, and which way they lean.
with override_outcomes as (
    select * from {{ ref('override_outcomes') }}
    where override_status = 'applied'
),

bias_sums as (
    select
        reason_code,
        requested_by,
        count(*) as override_count,
        count(realised_loss) as known_count,
        cast(sum(case when closer = 'override' then 1 else 0 end) as bigint) as override_closer_count,
        cast(sum(case when closer = 'model' then 1 else 0 end) as bigint) as model_closer_count,
        cast(sum(override_amount - model_amount) as {{ money_total_type() }}) as change_amount,
        cast(sum(realised_loss) as {{ money_total_type() }}) as realised_loss,
        cast(sum(override_error_amount) as {{ money_total_type() }}) as override_error_amount,
        cast(sum(model_error_amount) as {{ money_total_type() }}) as model_error_amount
    from override_outcomes
    group by reason_code, requested_by
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
        {{ ratio('override_error_amount', 'realised_loss') }} as override_bias_rate,
        {{ ratio('model_error_amount', 'realised_loss') }} as model_bias_rate
    from bias_sums
)

select * from override_lookback
