{%- set methods = ['ml', 'moving_average', 'run_rate', 'croston', 'tsb', 'seasonal_naive'] -%}
with demand_forecasts as (
    select * from {{ ref('demand_forecasts') }}
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
        demand_forecasts.*,
        {{ net_demand('demand_months') }} as demand_quantity
    from demand_forecasts
    inner join valuation_dates on demand_forecasts.valuation_date = valuation_dates.valuation_date
    left join demand_months
        on
            demand_forecasts.item_id = demand_months.item_id
            and demand_forecasts.location_id = demand_months.location_id
            and demand_forecasts.forecast_month = demand_months.valuation_date
),

sums as (
    select
        valuation_date,
        count(distinct item_id || '/' || location_id) as positions,
        count(ml_lower_quantity) as months_with_range,
        sum(case when demand_quantity between ml_lower_quantity and ml_upper_quantity then 1 else 0 end)
            as months_inside
        {%- for method in methods %},
        sum(case when {{ method }}_quantity is not null then demand_quantity end) as {{ method }}_demand_quantity,
        sum(abs({{ method }}_quantity - demand_quantity)) as {{ method }}_absolute_error_quantity
        {%- endfor %}
    from months
    group by valuation_date
),

metrics as (
    select
        valuation_date,
        'ml' as method,
        'demand_interval_coverage' as metric,
        {{ ratio('months_inside', 'months_with_range') }} as value,
        positions
    from sums
    {% for method in methods -%}
    union all
    select
        valuation_date,
        '{{ method }}' as method,
        'demand_month_wape' as metric,
        {{ ratio(method ~ '_absolute_error_quantity', method ~ '_demand_quantity') }} as value,
        positions
    from sums
    {% endfor %}
),

month_demand_accuracy as (
    select * from metrics
    where value is not null
)

select * from month_demand_accuracy
