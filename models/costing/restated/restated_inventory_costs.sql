-- A view: of items without a late document, what is known now was known then.
{{ config(materialized='view') }}
{%- set cost_pools = ref('int_cost_pools') %}

with restated_costs as (
    select * from {{ ref('int_restated_costs') }}
    where transfer_movement_number is null
),

restated_movements as (
    select * from {{ ref('int_restated_movements') }}
),

{{ costs_of_places('restated_costs') }},

{% if is_pooled() -%}
pool_costs as (
    select * from costs_at_valuation_dates
),

position_quantities as (
    select
        restated_movements.item_id,
        restated_movements.location_id,
        valuation_dates.valuation_date,
        cast(sum(restated_movements.quantity_change) as {{ quantity_type() }}) as quantity
    from restated_movements
    inner join valuation_dates on restated_movements.posted_on <= valuation_dates.valuation_date
    group by restated_movements.item_id, restated_movements.location_id, valuation_dates.valuation_date
    having sum(restated_movements.quantity_change) <> 0
),

{{ shared_costs() }},

{% endif -%}
inventory_costs as (
    select inventory_costs.*
    from {{ ref('inventory_costs') }} as inventory_costs
    left join (select distinct item_id from restated_movements) as restated_items
        on inventory_costs.item_id = restated_items.item_id
    where restated_items.item_id is null
),

restated_inventory_costs as (
    {%- for costs in ['inventory_costs', 'position_costs' if is_pooled() else 'costs_at_valuation_dates'] %}
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        quantity,
        cost_value,
        unit_cost
    from {{ costs }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from restated_inventory_costs
