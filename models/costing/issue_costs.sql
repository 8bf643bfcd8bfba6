with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
),

movements as (
    select * from {{ ref('movements') }}
),

issue_costs as (
    select
        costed_movements.movement_number,
        costed_movements.costing_method,
        movements.item_id,
        movements.location_id,
        movements.movement_type,
        movements.posted_on,
        movements.quantity_change,
        costed_movements.value_change,
        costed_movements.variance_amount,
        costed_movements.is_provisional,
        costed_movements.is_cost_assumed
    from costed_movements
    inner join movements on costed_movements.movement_number = movements.movement_number
)

select * from issue_costs
