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

lookback_months as (
    select
        valuation_date,
        valuation_date = max(valuation_date) over () as is_latest_period,
        cast(realised_loss as {{ money_total_type() }}) as realised_loss
        {%- for method in methods %},
        cast({{ method }}_reserve_amount as {{ money_total_type() }}) as {{ method }}_reserve_amount,
        cast({{ method }}_unexpected_amount as {{ money_total_type() }}) as {{ method }}_unexpected_amount,
        cast({{ method }}_equal_amount as {{ money_total_type() }}) as {{ method }}_equal_amount
        {%- endfor %},
        cast(static_ageing_unexpected_amount - champion_unexpected_amount as {{ money_total_type() }})
            as foreseen_amount,
        cast(static_ageing_equal_amount - champion_equal_amount as {{ money_total_type() }})
            as foreseen_at_equal_reserve_amount,
        cast(calibrated_coverage_equal_amount - champion_equal_amount as {{ money_total_type() }})
            as foreseen_against_coverage_amount
    from lookback_sums
)

select * from lookback_months
