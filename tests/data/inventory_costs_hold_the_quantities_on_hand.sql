-- Every method holds the quantities of on_hand, and nothing that is not on hand has a cost.
with on_hand as (
    select * from {{ ref('on_hand') }}
),

methods as (
    select distinct costing_method from {{ ref('issue_costs') }}
),

expected as (
    select *
    from on_hand
    cross join methods
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
)

select
    coalesce(expected.item_id, inventory_costs.item_id) as item_id,
    coalesce(expected.location_id, inventory_costs.location_id) as location_id,
    coalesce(expected.valuation_date, inventory_costs.valuation_date) as valuation_date,
    coalesce(expected.costing_method, inventory_costs.costing_method) as costing_method,
    expected.quantity as quantity_on_hand,
    inventory_costs.quantity,
    inventory_costs.cost_value
from expected
full outer join inventory_costs
    on
        expected.item_id = inventory_costs.item_id
        and expected.location_id = inventory_costs.location_id
        and expected.valuation_date = inventory_costs.valuation_date
        and expected.costing_method = inventory_costs.costing_method
where coalesce(expected.quantity, 0) <> coalesce(inventory_costs.quantity, 0)
    or (inventory_costs.quantity = 0 and inventory_costs.cost_value <> 0)
