{#
    Costs are formed by pool (var `cost_pool`): the stock of an item at one location, in a region or in the whole company. A
    pool stands at one of its locations (`int_cost_pools`), so that to the costing kernel it is a position. What the
    pool's stock cost is shared among its positions by quantity.
#}
{% macro is_pooled() %}
    {{ return(var('cost_pool') != 'position') }}
{% endmacro %}


{# The costing method and, where costs are pooled, by what: with another pool, costs are other costs. #}
{% macro costing_process() %}
    {{ return(var('costing_method') ~ (' by ' ~ var('cost_pool') if is_pooled() else '')) }}
{% endmacro %}


{#
    CTEs from `pool_costs` (item_id, location_id of the pool, valuation_date, costing_method, quantity, cost_value) and
    `position_quantities` (item_id, location_id, valuation_date, quantity), and whatever else both are kept apart by, to
    `position_costs`. Each position takes the difference of two rounded running shares, in the order of locations, so
    that nothing is lost; behind the last one stands what is under way within the pool. Stock below zero
    owes the pool's cost. A value without quantity falls to the first position.
#}
{% macro shared_costs(also_by=[]) %}
{%- set keys = ['item_id', 'valuation_date'] + also_by -%}
running_quantities as (
    select
        position_quantities.*,
        cost_pools.pool_location_id,
        sum(position_quantities.quantity) over (
            partition by
                cost_pools.pool_location_id, position_quantities.{{ keys | join(', position_quantities.') }}
            order by position_quantities.location_id nulls last
        ) as running_quantity
    from position_quantities
    inner join {{ ref('int_cost_pools') }} as cost_pools on position_quantities.location_id = cost_pools.location_id
),

running_values as (
    select
        running_quantities.*,
        costing_methods.costing_method,
        case
            when coalesce(pool_costs.quantity, 0) = 0 then coalesce(pool_costs.cost_value, 0)
            else {{ signed_share_of_quantity('pool_costs.cost_value', 'running_quantities.running_quantity', 'pool_costs.quantity') }}
        end as running_value
    from running_quantities
    cross join costing_methods
    left join pool_costs
        on
            running_quantities.pool_location_id = pool_costs.location_id
            and costing_methods.costing_method = pool_costs.costing_method
            {%- for key in keys %}
            and running_quantities.{{ key }} = pool_costs.{{ key }}
            {%- endfor %}
),

position_values as (
    select
        *,
        cast(
            running_value - lag(running_value, 1, cast(0 as {{ money_type() }})) over (
                partition by pool_location_id, costing_method, {{ keys | join(', ') }}
                order by location_id nulls last
            ) as {{ money_type() }}
        ) as cost_value
    from running_values
),

position_costs as (
    select
        item_id,
        location_id,
        {%- for key in also_by %}
        {{ key }},
        {%- endfor %}
        valuation_date,
        costing_method,
        quantity,
        cost_value,
        {{ rounded_unit_value(ratio('cost_value', 'quantity')) }} as unit_cost
    from position_values
)
{%- endmacro %}
