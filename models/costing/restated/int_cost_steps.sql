{{ config(materialized='view') }}

with quantity_steps as (
    select * from {{ ref('int_quantity_steps') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

late_items as (
    select distinct item_id from {{ ref('int_restated_movements') }}
),

changes as (
    select
        pool_costs.item_id,
        pool_costs.location_id,
        pool_costs.valuation_date,
        0 as late_number,
        pool_costs.costing_method,
        pool_costs.quantity,
        pool_costs.cost_value
    from {{ ref('int_pool_costs') }} as pool_costs
    inner join late_items on pool_costs.item_id = late_items.item_id
    union all
    select
        item_id,
        location_id,
        valuation_date,
        late_number,
        costing_method,
        quantity,
        cost_value
    from {{ ref('int_late_differences') }}
),

-- A step of one method is a step of all, and so is one that changes nothing but the stock of positions.
steps as (
    select
        item_id,
        location_id,
        valuation_date,
        late_number
    from changes
    union distinct
    select
        item_id,
        pool_location_id as location_id,
        valuation_date,
        late_number
    from quantity_steps
),

cost_steps as (
    select
        steps.*,
        costing_methods.costing_method,
        cast(sum(coalesce(changes.quantity, 0)) over so_far as {{ quantity_type() }}) as quantity,
        cast(sum(coalesce(changes.cost_value, 0)) over so_far as {{ money_type() }}) as cost_value
    from steps
    cross join costing_methods
    left join changes
        on
            steps.item_id = changes.item_id
            and steps.location_id = changes.location_id
            and steps.valuation_date = changes.valuation_date
            and steps.late_number = changes.late_number
            and costing_methods.costing_method = changes.costing_method
    window so_far as (
        partition by steps.item_id, steps.location_id, steps.valuation_date, costing_methods.costing_method
        order by steps.late_number nulls last
    )
)

select * from cost_steps
