-- A view: at ten million movements the rows of all methods take longer to write than to cost.
{{ config(materialized='view') }}

with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

costs_by_method as (
    select
        costed_movements.movement_number,
        costing_methods.costing_method,
        costed_movements.item_id,
        costed_movements.location_id,
        costed_movements.movement_type,
        costed_movements.posted_on,
        costed_movements.quantity_change,
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
        movement_number,
        costing_method,
        item_id,
        location_id,
        transfer_movement_number,
        movement_type,
        posted_on,
        quantity_change,
        value_change,
        variance_amount,
        is_provisional,
        is_cost_assumed
    from costs_by_method
    where not is_elsewhere or value_change <> 0
)

select * from issue_costs
