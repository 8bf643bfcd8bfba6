-- By position, method and month, in quantity and value; and the closing is what the valuation says.
with inventory_rollforward as (
    select * from {{ ref('inventory_rollforward') }}
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
)

select
    inventory_rollforward.*,
    inventory_costs.quantity,
    inventory_costs.cost_value
from inventory_rollforward
left join inventory_costs
    on
        inventory_rollforward.item_id = inventory_costs.item_id
        and inventory_rollforward.location_id = inventory_costs.location_id
        and inventory_rollforward.valuation_date = inventory_costs.valuation_date
        and inventory_rollforward.costing_method = inventory_costs.costing_method
where
    inventory_rollforward.closing_quantity <> coalesce(inventory_costs.quantity, 0)
    or inventory_rollforward.closing_value <> coalesce(inventory_costs.cost_value, 0)
    or inventory_rollforward.closing_quantity <> (
        opening_quantity + received_quantity + returned_quantity + transferred_quantity + adjusted_quantity
        + supplier_returned_quantity + sold_quantity
    )
    or inventory_rollforward.closing_value <> (
        opening_value + received_value + returned_value + transferred_value + adjusted_value
        + supplier_returned_value + sold_value + reallocated_value
    )
