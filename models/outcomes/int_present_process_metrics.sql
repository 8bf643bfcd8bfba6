with present_reserves as (
    select
        *,
        cast(null as {{ money_type() }}) as reserve_lower_amount,
        cast(null as {{ money_type() }}) as reserve_upper_amount
    from {{ ref('present_reserves') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

moving_average_forecasts as (
    select * from {{ ref('moving_average_forecasts') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

{{ scored_estimates('present_reserves', 'realised_outcomes') }},

{{ reserve_accuracy() }},

{{ surprise_accuracy() }},

forecast_errors as (
    select
        realised_demand.valuation_date,
        'moving_average' as method,
        realised_demand.demand_quantity,
        {{ rounded_amount('moving_average_forecasts.moving_average_quantity') }} - realised_demand.demand_quantity
            as error_quantity
    from realised_demand
    inner join moving_average_forecasts
        on
            realised_demand.item_id = moving_average_forecasts.item_id
            and realised_demand.location_id = moving_average_forecasts.location_id
            and realised_demand.valuation_date = moving_average_forecasts.valuation_date
),

{{ demand_accuracy() }},

obsolescence as (
    select
        valuation_date,
        count(*) as positions,
        sum(case when is_obsolete then 1 else 0 end) as obsolete_positions,
        sum(cost_value) as cost_value,
        sum(case when is_obsolete then cost_value else 0 end) as obsolete_value,
        sum(case when has_no_sale then cost_value else 0 end) as dead_value
    from realised_outcomes
    group by valuation_date
),

present_process_metrics as (
    select * from reserve_accuracy
    union all
    select * from surprise_accuracy
    union all
    select * from demand_accuracy
    {%- for metric, value in {
        'obsolescence_rate': ratio('obsolete_positions', 'positions'),
        'obsolescence_rate_by_value': ratio('obsolete_value', 'cost_value'),
        'dead_stock_rate': ratio('dead_value', 'cost_value'),
    }.items() %}
    union all
    select valuation_date, 'realised' as method, '{{ metric }}' as metric, {{ value }} as value, positions
    from obsolescence
    {%- endfor %}
)

select * from present_process_metrics
