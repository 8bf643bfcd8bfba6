{%- set amounts = [
    'cost_value', 'model_reserve_amount', 'model_change_amount', 'static_ageing_amount',
    'calibrated_coverage_amount', 'model_over_policy_amount', 'decided_amount',
    'booked_amount', 'booked_change_amount', 'carrying_value',
] -%}
with reserve_review as (
    select * from {{ ref('reserve_review') }}
),

category_ranges as (
    select * from {{ ref('reserve_total_ranges') }}
    where dimension = 'category'
),

categories as (
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
),

reserve_by_category as (
    select
        categories.*,
        category_ranges.reserve_lower_amount as model_lower_amount,
        category_ranges.reserve_upper_amount as model_upper_amount
    from categories
    left join category_ranges
        on categories.category = category_ranges.member and categories.period_end = category_ranges.valuation_date
)

select * from reserve_by_category
