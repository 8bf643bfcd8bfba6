-- Categories that look less far, or farther, than the company: when an outcome of them is known.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

category_horizons as (
    select distinct
        category,
        horizon_months
    from {{ ref('items') }}
    where horizon_months <> {{ var('horizon_months') }}
),

horizon_readiness as (
    select
        'horizon of ' || category_horizons.category as check_name,
        case when count(valuation_dates.valuation_date) > category_horizons.horizon_months then 'ok' else 'marginal' end
            as status,
        cast(category_horizons.horizon_months as double) as measured_value,
        'Months until an outcome of the category is known. '
        || case
            when count(valuation_dates.valuation_date) <= category_horizons.horizon_months
                then 'The data are shorter: none is known yet, and nothing is learned from it.'
            when category_horizons.horizon_months > {{ var('horizon_months') }}
                then 'It is longer than the var horizon_months: it is learned from, but not scored with the others.'
            else 'It is scored with the others once the var horizon_months has passed.'
        end as explanation
    from category_horizons
    cross join valuation_dates
    group by category_horizons.category, category_horizons.horizon_months
)

select * from horizon_readiness
