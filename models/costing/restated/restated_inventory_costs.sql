-- A view: of items without a late document, what is known now was known then.
{{ config(materialized='view') }}

with restated_positions as (
    select * from {{ ref('int_restated_positions') }}
),

restated_items as (
    select distinct item_id from {{ ref('int_restated_movements') }}
),

inventory_costs as (
    select inventory_costs.*
    from {{ ref('inventory_costs') }} as inventory_costs
    left join restated_items on inventory_costs.item_id = restated_items.item_id
    where restated_items.item_id is null
),

restated_inventory_costs as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        quantity,
        cost_value,
        unit_cost
    from inventory_costs
    union all
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        quantity,
        cost_value,
        unit_cost
    from restated_positions
)

select * from restated_inventory_costs
