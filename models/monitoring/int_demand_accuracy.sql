{%- set methods = ['ml', 'run_rate', 'moving_average', 'seasonal_naive'] -%}
with demand_forecasts as (
    select * from {{ ref('demand_forecasts') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

horizon_forecasts as (
    select
        item_id,
        location_id,
        valuation_date
        {%- for method in methods %},
        case when count({{ method }}_quantity) = count(*) then sum({{ method }}_quantity) end
            as {{ method }}_quantity
        {%- endfor %}
    from demand_forecasts
    group by item_id, location_id, valuation_date
),

forecast_errors as (
    {% for method in methods -%}
    select
        realised_demand.valuation_date,
        '{{ method }}' as method,
        realised_demand.demand_quantity,
        horizon_forecasts.{{ method }}_quantity - realised_demand.demand_quantity as error_quantity
    from realised_demand
    inner join horizon_forecasts
        on
            realised_demand.item_id = horizon_forecasts.item_id
            and realised_demand.location_id = horizon_forecasts.location_id
            and realised_demand.valuation_date = horizon_forecasts.valuation_date
    where horizon_forecasts.{{ method }}_quantity is not null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

{{ demand_accuracy() }}

select * from demand_accuracy
