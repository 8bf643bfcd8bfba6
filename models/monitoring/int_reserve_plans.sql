-- What the reserve is held against: the company's plan (seed reserve_plan) where it has one, else the books of a year
-- before, else the ageing policy.
with reviewed_positions as (
    select * from {{ ref('int_reviewed_positions') }}
),

reserve_plan as (
    select * from {{ ref('reserve_plan') }}
),

items as (
    select * from {{ ref('items') }}
),

categories as (
    select
        items.category,
        reviewed_positions.period_end,
        reviewed_positions.is_latest_period,
        cast(sum(reviewed_positions.cost_value) as {{ money_total_type() }}) as cost_value,
        cast(sum(reviewed_positions.booked_amount) as {{ money_total_type() }}) as booked_amount,
        cast(sum(reviewed_positions.model_reserve_amount) as {{ money_total_type() }}) as model_reserve_amount,
        cast(coalesce(sum(reviewed_positions.static_ageing_amount), 0) as {{ money_total_type() }})
            as static_ageing_amount
    from reviewed_positions
    inner join items on reviewed_positions.item_id = items.item_id
    group by items.category, reviewed_positions.period_end, reviewed_positions.is_latest_period
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
                reserve_plan.planned_amount, nullif(years_before.booked_amount, 0), categories.static_ageing_amount
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

reserve_plans as (
    select
        *,
        booked_amount - planned_amount as over_plan_amount,
        model_reserve_amount - planned_amount as model_over_plan_amount
    from planned
)

select * from reserve_plans
