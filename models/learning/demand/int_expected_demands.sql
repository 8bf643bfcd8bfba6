-- The average of the forecasts that are averaged: they err in different ways.
with demand_candidates as (
    select * from {{ ref('int_demand_candidates') }}
),

demand_weights as (
    select * from {{ ref('demand_weights') }}
),

weights as (
    select
        valuation_date
        {%- for method in demand_methods() %},
        coalesce(max(case when method = '{{ method }}' then weight end), 0) as {{ method }}_weight
        {%- endfor %}
    from demand_weights
    group by valuation_date
),

expected_demands as (
    select
        demand_candidates.item_id,
        demand_candidates.location_id,
        demand_candidates.valuation_date,
        {% for method in demand_methods() -%}
        weights.{{ method }}_weight * coalesce(demand_candidates.{{ method }}_quantity, 0)
        {{- ' + ' if not loop.last }}
        {% endfor -%}
        as expected_demand_quantity
    from demand_candidates
    inner join weights on demand_candidates.valuation_date = weights.valuation_date
)

select * from expected_demands
