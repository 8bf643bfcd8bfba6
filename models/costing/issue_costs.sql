with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
),

movements as (
    select * from {{ ref('movements') }}
),

items as (
    select * from {{ ref('items') }}
),

movement_costs as (
    select
        costed_movements.movement_number,
        costed_movements.costing_method,
        movements.item_id,
        coalesce(costed_movements.elsewhere_location_id, movements.location_id) as location_id,
        costed_movements.transfer_movement_number,
        movements.movement_type,
        movements.posted_on,
        movements.quantity_change,
        costed_movements.value_change,
        costed_movements.variance_amount,
        costed_movements.is_provisional,
        costed_movements.is_cost_assumed
    from costed_movements
    inner join movements on costed_movements.movement_number = movements.movement_number
),

-- An item without a standard cost stands at its average, so that by no method stock is without a cost.
stand_in_costs as (
    select
        movement_costs.movement_number,
        'standard' as costing_method,
        movement_costs.item_id,
        movement_costs.location_id,
        movement_costs.transfer_movement_number,
        movement_costs.movement_type,
        movement_costs.posted_on,
        movement_costs.quantity_change,
        movement_costs.value_change,
        movement_costs.variance_amount,
        movement_costs.is_provisional,
        true as is_cost_assumed
    from movement_costs
    inner join items on movement_costs.item_id = items.item_id
    where movement_costs.costing_method = 'weighted_average' and items.standard_cost is null
),

issue_costs as (
    select * from movement_costs
    union all
    select * from stand_in_costs
)

select * from issue_costs
