with reserve_plans as (
    select * from {{ ref('int_reserve_plans') }}
),

reserve_against_plan as (
    select
        period_end,
        '{{ var("accounting_framework") }}' as framework,
        is_latest_period,
        {{ reporting_currency() }} as currency,
        category,
        cost_value,
        booked_amount,
        model_reserve_amount,
        static_ageing_amount,
        plan_basis,
        planned_amount,
        over_plan_amount,
        model_over_plan_amount
    from reserve_plans
)

select * from reserve_against_plan
