-- A reserve is asked for wherever a model may be trained, and at the latest date and a flash in any case.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

training_windows as (
    select * from {{ ref('training_windows') }}
),

reserve_dates as (
    select origin_date as valuation_date from training_windows
    union
    select valuation_date from valuation_dates where is_latest or flash_date is not null
),

reserve_positions as (
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        inventory_costs.quantity,
        inventory_costs.cost_value
    from inventory_costs
    inner join reserve_dates on inventory_costs.valuation_date = reserve_dates.valuation_date
    where inventory_costs.quantity > 0
)

select * from reserve_positions
