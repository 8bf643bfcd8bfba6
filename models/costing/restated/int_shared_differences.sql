{# Late documents of a pool are taken one after the other: each is given what it changes in the positions' shares of
   the pool's cost. So the differences of a position add up to restated less known, to the last unit. Step 0 is what was
   known. #}
{{ config(materialized='view') }}

with quantity_steps as (
    select * from {{ ref('int_quantity_steps') }}
),

pool_costs as (
    select * from {{ ref('int_cost_steps') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

pool_steps as (
    select distinct
        item_id,
        location_id as pool_location_id,
        valuation_date,
        late_number
    from pool_costs
),

positions as (
    select distinct
        item_id,
        location_id,
        pool_location_id,
        valuation_date
    from quantity_steps
),

position_quantities as (
    select
        positions.item_id,
        positions.location_id,
        positions.valuation_date,
        pool_steps.late_number,
        cast(sum(coalesce(quantity_steps.quantity, 0)) over (
            partition by positions.item_id, positions.location_id, positions.valuation_date
            order by pool_steps.late_number nulls last
        ) as {{ quantity_type() }}) as quantity
    from positions
    inner join pool_steps
        on
            positions.item_id = pool_steps.item_id
            and positions.pool_location_id = pool_steps.pool_location_id
            and positions.valuation_date = pool_steps.valuation_date
    left join quantity_steps
        on
            positions.item_id = quantity_steps.item_id
            and positions.location_id = quantity_steps.location_id
            and positions.valuation_date = quantity_steps.valuation_date
            and pool_steps.late_number = quantity_steps.late_number
),

{{ shared_costs(also_by=['late_number']) }},

step_differences as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        late_number,
        cast(quantity - lag(quantity, 1, cast(0 as {{ quantity_type() }})) over steps as {{ quantity_type() }}) as quantity,
        cast(cost_value - lag(cost_value, 1, cast(0 as {{ money_type() }})) over steps as {{ money_type() }}) as cost_value
    from position_costs
    window steps as (
        partition by item_id, location_id, valuation_date, costing_method order by late_number nulls last
    )
),

shared_differences as (
    select *
    from step_differences
    where late_number > 0 and (quantity <> 0 or cost_value <> 0)
)

select * from shared_differences
