{#- The review added up, against the company's plan (seed reserve_plan) where it has one, else the books of a year
before, else the ageing policy. -#}
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

reserve_plan as (
    select * from {{ ref('reserve_plan') }}
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

planned as (
    select
        categories.*,
        case
            when reserve_plan.planned_amount is not null then 'plan'
            when years_before.booked_amount > 0 then 'last year'
            else 'ageing policy'
        end as plan_basis,
        cast(
            coalesce(
                reserve_plan.planned_amount, nullif(years_before.booked_amount, 0), categories.static_ageing_amount, 0
            ) as {{ money_total_type() }}
        ) as planned_amount
    from categories
    left join reserve_plan
        on categories.category = reserve_plan.category and categories.period_end = reserve_plan.period_end
    left join categories as years_before
        on
            categories.category = years_before.category
            and categories.period_end = {{ month_end_after('years_before.period_end', 12) }}
),

reserve_by_category as (
    select
        planned.*,
        planned.booked_amount - planned.planned_amount as over_plan_amount,
        planned.model_reserve_amount - planned.planned_amount as model_over_plan_amount,
        category_ranges.reserve_lower_amount as model_lower_amount,
        category_ranges.reserve_upper_amount as model_upper_amount
    from planned
    left join category_ranges
        on planned.category = category_ranges.member and planned.period_end = category_ranges.valuation_date
)

select * from reserve_by_category
