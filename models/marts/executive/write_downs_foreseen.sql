with lookback_months as (
    select * from {{ ref('int_lookback_months') }}
),

write_downs_foreseen as (
    select
        valuation_date as period_end,
        is_latest_period,
        {{ reporting_currency() }} as currency,
        realised_loss,
        champion_reserve_amount as model_reserve_amount,
        static_ageing_reserve_amount as static_ageing_amount,
        champion_unexpected_amount as model_unexpected_amount,
        static_ageing_unexpected_amount,
        foreseen_amount,
        champion_equal_amount as model_unexpected_at_equal_reserve_amount,
        static_ageing_equal_amount as static_ageing_unexpected_at_equal_reserve_amount,
        calibrated_coverage_equal_amount as coverage_rule_unexpected_at_equal_reserve_amount,
        foreseen_at_equal_reserve_amount,
        foreseen_against_coverage_amount
    from lookback_months
)

select * from write_downs_foreseen
