{{ config(meta={'known_by': none}) }}

with demand_candidates as (
    select * from {{ ref('int_demand_candidates') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

compared as (
    select
        realised_demand.demand_quantity,
        demand_candidates.*
    from realised_demand
    inner join demand_candidates
        on
            realised_demand.item_id = demand_candidates.item_id
            and realised_demand.location_id = demand_candidates.location_id
            and realised_demand.valuation_date = demand_candidates.valuation_date
),

forecast_errors as (
    {% for method in demand_methods() -%}
    select
        valuation_date,
        '{{ method }}' as method,
        demand_quantity,
        {{ method }}_quantity - demand_quantity as error_quantity
    from compared
    where {{ method }}_quantity is not null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

{{ demand_accuracy() }}

select * from demand_accuracy
