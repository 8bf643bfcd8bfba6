{%- set amounts = [
    'cost_value', 'model_reserve_amount', 'model_change_amount', 'static_ageing_amount',
    'calibrated_coverage_amount', 'model_over_policy_amount', 'decided_amount',
    'booked_amount', 'booked_change_amount', 'carrying_value',
] -%}
with reserve_review as (
    select * from {{ ref('reserve_review') }}
),

reserve_by_category as (
    select
        category,
        period_end,
        framework,
        is_latest_period,
        currency,
        count(*) as positions
        {%- for amount in amounts %},
        cast(sum({{ amount }}) as {{ money_total_type() }}) as {{ amount }}
        {%- endfor %}
    from reserve_review
    group by category, period_end, framework, is_latest_period, currency
)

select * from reserve_by_category
