{# What a movement is restated to, less what was known of it, belongs to the last late document before it: the
   document itself where it is late, else the one that changed the cost of what was issued after it. So the differences of a
   place add up to restated less known, to the last unit. #}
{{ config(materialized='view') }}
with restated_movements as (
    select * from {{ ref('int_restated_movements') }}
),

restated_costs as (
    select
        restated_costs.*,
        restated_movements.late_number
    from {{ ref('int_restated_costs') }} as restated_costs
    inner join restated_movements on restated_costs.movement_number = restated_movements.movement_number
    where restated_costs.transfer_movement_number is null
),

known_costs as (
    select
        costs.*,
        restated_movements.late_number
    from {{ ref('int_costs_and_layers') }} as costs
    inner join restated_movements on costs.movement_number = restated_movements.known_movement_number
    where costs.layer_number is null and costs.transfer_movement_number is null
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

first_dates as (
    select * from {{ ref('int_first_dates') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

signed_changes as (
    {%- for costs, sign in [('restated_costs', ''), ('known_costs', '-')] %}
    select
        {{ costs }}.item_id,
        {{ costs }}.location_id,
        {{ costs }}.late_number,
        first_dates.valuation_date as change_date,
        {{ sign }}{{ costs }}.quantity_change as quantity_change,
        {%- for method in costing_methods() %}
        {{ sign }}coalesce({{ costs }}.{{ method }}_value_change, {{ costs }}.weighted_average_value_change)
            as {{ method }}_change
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ costs }}
    inner join first_dates on {{ costs }}.posted_on = first_dates.day
    where {{ costs }}.late_number is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

changes as (
    select
        item_id,
        location_id,
        late_number,
        change_date,
        sum(quantity_change) as quantity_change,
        {%- for method in costing_methods() %}
        sum({{ method }}_change) as {{ method }}_change{{ ',' if not loop.last }}
        {%- endfor %}
    from signed_changes
    group by item_id, location_id, late_number, change_date
),

{{ costs_at_valuation_dates(also_by=['late_number']) }}

select * from costs_at_valuation_dates
