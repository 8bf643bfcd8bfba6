with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where {{ at_month_ends() }}
),

reserve_comparisons as (
    select
        item_id,
        location_id,
        valuation_date,
        max(quantity) as quantity,
        max(cost_value) as cost_value,
        max(case when method = 'champion' then reserve_amount end) as model_reserve_amount,
        max(case when method = 'champion' then reserve_lower_amount end) as model_lower_amount,
        max(case when method = 'champion' then reserve_upper_amount end) as model_upper_amount,
        max(case when method = 'static_ageing' then reserve_amount end) as static_ageing_amount,
        max(case when method = 'calibrated_coverage' then reserve_amount end) as calibrated_coverage_amount
    from reserve_estimates
    group by item_id, location_id, valuation_date
)

select * from reserve_comparisons
