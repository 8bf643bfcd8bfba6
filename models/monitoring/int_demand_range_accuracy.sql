with demand_forecasts as (
    select * from {{ ref('demand_forecasts') }}
    where ml_lower_quantity is not null
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

months as (
    select
        demand_forecasts.item_id,
        demand_forecasts.location_id,
        demand_forecasts.valuation_date,
        case
            when
                {{ net_demand('demand_months') }}
                between demand_forecasts.ml_lower_quantity and demand_forecasts.ml_upper_quantity
                then 1
            else 0
        end as is_inside
    from demand_forecasts
    inner join valuation_dates on demand_forecasts.valuation_date = valuation_dates.valuation_date
    left join demand_months
        on
            demand_forecasts.item_id = demand_months.item_id
            and demand_forecasts.location_id = demand_months.location_id
            and demand_forecasts.forecast_month = demand_months.valuation_date
),

demand_range_accuracy as (
    select
        valuation_date,
        'ml' as method,
        'demand_interval_coverage' as metric,
        {{ ratio('sum(is_inside)', 'count(*)') }} as value,
        count(distinct item_id || '/' || location_id) as positions
    from months
    group by valuation_date
)

select * from demand_range_accuracy
