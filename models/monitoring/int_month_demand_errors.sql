{%- set methods = ['champion', 'moving_average', 'run_rate', 'croston', 'tsb', 'seasonal_naive'] -%}
-- Only the model says a range and quantiles. Months beyond the company's horizon are not scored.
with demand_forecasts as (
    select * from {{ ref('demand_forecasts') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where flash_date is null
),

months as (
    select
        demand_forecasts.*,
        {{ net_demand('demand_months') }} as demand_quantity
    from demand_forecasts
    inner join valuation_dates
        on
            demand_forecasts.valuation_date = valuation_dates.valuation_date
            and demand_forecasts.month_ahead <= valuation_dates.horizon_months
    left join demand_months
        on
            demand_forecasts.item_id = demand_months.item_id
            and demand_forecasts.location_id = demand_months.location_id
            and demand_forecasts.forecast_month = demand_months.valuation_date
),

forecasts as (
    {% for method in methods -%}
    {%- set quantity = ('expected' if method == 'champion' else method) ~ '_quantity' %}
    select
        item_id,
        location_id,
        valuation_date,
        '{{ method }}' as method,
        demand_quantity,
        {{ quantity }} - demand_quantity as error_quantity,
        {%- for bound in ['lower', 'upper', 'quantile_90'] %}
        {{ bound ~ '_quantity' if method == 'champion' else 'null' }} as {{ bound }}_quantity
        {{- ',' if not loop.last }}
        {%- endfor %}
    from months
    where {{ quantity }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

month_demand_errors as (
    select
        item_id,
        location_id,
        valuation_date,
        method,
        count(*) as months,
        sum(demand_quantity) as demand_quantity,
        sum(abs(error_quantity)) as absolute_error_quantity,
        {{ ratio('sum(' ~ squared('error_quantity') ~ ')', 'count(*)') }} as mean_squared_error,
        count(lower_quantity) as months_with_range,
        sum(case when lower_quantity is not null then demand_quantity end) as demand_with_range_quantity,
        sum(case when demand_quantity between lower_quantity and upper_quantity then 1 else 0 end) as months_inside,
        sum(
            {{ pinball_loss('demand_quantity', 'lower_quantity', 0.1) }}
            + {{ pinball_loss('demand_quantity', 'quantile_90_quantity', 0.9) }}
        ) as pinball_quantity
    from forecasts
    group by item_id, location_id, valuation_date, method
)

select * from month_demand_errors
