{{ config(meta={'known_by': none}) }}

-- The range of a total from earlier totals, not from its positions: see inventory_valuation/learning/totals.py. A total
-- under a hundredth of its cost is no different from nothing, and none is above its cost.
with reserve_totals as (
    select * from {{ ref('int_reserve_totals') }}
),

total_errors as (
    select * from {{ ref('int_total_errors') }}
),

totals as (
    select
        reserve_totals.dimension,
        reserve_totals.member,
        reserve_totals.valuation_date,
        reserve_totals.cost_value,
        reserve_totals.reserve_amount,
        reserve_totals.realised_loss,
        total_errors.known_origins,
        0.01 * reserve_totals.cost_value as least_amount,
        greatest(cast(reserve_totals.reserve_amount as double), 0.01 * cast(reserve_totals.cost_value as double))
        * total_errors.lower_factor as low_amount,
        greatest(cast(reserve_totals.reserve_amount as double), 0.01 * cast(reserve_totals.cost_value as double))
        * total_errors.upper_factor as high_amount
    from reserve_totals
    inner join total_errors
        on
            reserve_totals.dimension = total_errors.dimension
            and reserve_totals.member = total_errors.member
            and reserve_totals.valuation_date = total_errors.valuation_date
),

reserve_total_ranges as (
    select
        dimension,
        member,
        valuation_date,
        cost_value,
        reserve_amount,
        cast(case
            when low_amount <= least_amount then 0
            else least({{ rounded_total('low_amount') }}, reserve_amount)
        end as {{ money_total_type() }}) as reserve_lower_amount,
        cast(least(greatest({{ rounded_total('high_amount') }}, reserve_amount), cost_value)
            as {{ money_total_type() }}) as reserve_upper_amount,
        known_origins,
        realised_loss,
        realised_loss between reserve_lower_amount and reserve_upper_amount as is_inside
    from totals
)

select * from reserve_total_ranges
