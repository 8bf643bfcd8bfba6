with lookback_months as (
    select * from {{ ref('int_lookback_months') }}
),

write_downs_avoided as (
    select
        valuation_date as period_end,
        is_latest_period,
        {{ reporting_currency() }} as currency,
        realised_loss,
        ml_reserve_amount as model_reserve_amount,
        static_ageing_reserve_amount as static_ageing_amount,
        ml_unexpected_amount as model_unexpected_amount,
        static_ageing_unexpected_amount,
        avoided_amount,
        ml_equal_amount as model_unexpected_at_equal_reserve_amount,
        static_ageing_equal_amount as static_ageing_unexpected_at_equal_reserve_amount,
        calibrated_coverage_equal_amount as coverage_rule_unexpected_at_equal_reserve_amount,
        avoided_at_equal_reserve_amount,
        avoided_against_coverage_amount
    from lookback_months
)

select * from write_downs_avoided
