-- The average of the forecasts that are averaged: they err in different ways.
with demand_candidates as (
    select * from {{ ref('int_demand_candidates') }}
),

segments as (
    select * from {{ ref('segments') }}
),

demand_weights as (
    select * from {{ ref('demand_weights') }}
),

weights as (
    select
        valuation_date,
        segment
        {%- for method in averaged_demand_methods() %},
        max(case when method = '{{ method }}' then weight end) as {{ method }}_weight
        {%- endfor %}
    from demand_weights
    group by valuation_date, segment
),

expected_demands as (
    select
        demand_candidates.item_id,
        demand_candidates.location_id,
        demand_candidates.valuation_date,
        {{ mean_forecast('weights') }} as expected_demand_quantity
    from demand_candidates
    inner join segments
        on
            demand_candidates.item_id = segments.item_id
            and demand_candidates.location_id = segments.location_id
            and demand_candidates.valuation_date = segments.valuation_date
    inner join weights on segments.valuation_date = weights.valuation_date and segments.segment = weights.segment
)

select * from expected_demands
