-- A write-down is unexpected where the loss went beyond the reserve that stood for it.
{%- set methods = ['champion', 'static_ageing', 'calibrated_coverage'] %}
with scored_estimates as (
    select * from {{ ref('int_scored_estimates') }}
),

lookback_sums as (
    select
        valuation_date,
        sum(case when method = 'static_ageing' then realised_loss end) as realised_loss
        {%- for method in methods %},
        sum(case when method = '{{ method }}' then reserve_amount end)
            as {{ method }}_reserve_amount,
        sum(case when method = '{{ method }}' then unexpected_amount end)
            as {{ method }}_unexpected_amount,
        sum(case when method = '{{ method }}' then unexpected_at_equal_reserve_amount end)
            as {{ method }}_equal_amount
        {%- endfor %}
    from scored_estimates
    group by valuation_date
),

write_downs_foreseen as (
    select
        valuation_date as period_end,
        valuation_date = max(valuation_date) over () as is_latest_period,
        {{ reporting_currency() }} as currency
        {%- for column, amount in {
            'realised_loss': 'realised_loss',
            'model_reserve_amount': 'champion_reserve_amount',
            'static_ageing_amount': 'static_ageing_reserve_amount',
            'model_unexpected_amount': 'champion_unexpected_amount',
            'static_ageing_unexpected_amount': 'static_ageing_unexpected_amount',
            'foreseen_amount': 'static_ageing_unexpected_amount - champion_unexpected_amount',
            'model_unexpected_at_equal_reserve_amount': 'champion_equal_amount',
            'static_ageing_unexpected_at_equal_reserve_amount': 'static_ageing_equal_amount',
            'coverage_rule_unexpected_at_equal_reserve_amount': 'calibrated_coverage_equal_amount',
            'foreseen_at_equal_reserve_amount': 'static_ageing_equal_amount - champion_equal_amount',
            'foreseen_against_coverage_amount': 'calibrated_coverage_equal_amount - champion_equal_amount',
        }.items() %},
        cast({{ amount }} as {{ money_total_type() }}) as {{ column }}
        {%- endfor %}
    from lookback_sums
)

select * from write_downs_foreseen
