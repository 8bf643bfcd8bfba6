-- A view: at ten million movements the rows of all methods take longer to write than to cost.
{{ config(materialized='view') }}

with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
),

movements as (
    select * from {{ ref('movements') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

costs_by_method as (
    select
        costed_movements.movement_number,
        costing_methods.costing_method,
        costed_movements.location_id,
        costed_movements.is_elsewhere,
        costed_movements.transfer_movement_number,
        {{ measure_by_method('value_change', 'costed_movements') }} as value_change,
        {{ measure_by_method('variance_amount', 'costed_movements') }} as variance_amount,
        costed_movements.is_provisional
        and (
            costing_methods.costing_method <> 'standard'
            or costed_movements.standard_value_change is null
        ) as is_provisional,
        case
            when costing_methods.costing_method = 'standard'
                then costed_movements.standard_value_change is null
            else costed_movements.is_cost_assumed
        end as is_cost_assumed
    from costed_movements
    cross join costing_methods
),

issue_costs as (
    select
        costs_by_method.movement_number,
        costs_by_method.costing_method,
        movements.item_id,
        costs_by_method.location_id,
        costs_by_method.transfer_movement_number,
        movements.movement_type,
        movements.posted_on,
        movements.quantity_change,
        costs_by_method.value_change,
        costs_by_method.variance_amount,
        costs_by_method.is_provisional,
        costs_by_method.is_cost_assumed
    from costs_by_method
    inner join movements on costs_by_method.movement_number = movements.movement_number
    where not costs_by_method.is_elsewhere or costs_by_method.value_change <> 0
)

select * from issue_costs
