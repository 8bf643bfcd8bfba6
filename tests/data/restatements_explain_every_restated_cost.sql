-- What is known now less what was known then is what late documents explain, to the last unit; and at the latest date
-- all quantities are known.
with latest as (
    select max(valuation_date) as valuation_date from {{ ref('valuation_dates') }}
),

signed as (
    select item_id, location_id, valuation_date, costing_method, quantity, cost_value
    from {{ ref('restated_inventory_costs') }}
    union all
    select item_id, location_id, valuation_date, costing_method, -quantity, -cost_value
    from {{ ref('inventory_costs') }}
    union all
    select item_id, location_id, valuation_date, costing_method, -quantity_difference, -value_difference
    from {{ ref('restatements') }}
),

unexplained as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        sum(quantity) as quantity,
        sum(cost_value) as cost_value
    from signed
    group by item_id, location_id, valuation_date, costing_method
    having sum(quantity) <> 0 or sum(cost_value) <> 0
),

left_open as (
    select
        restatements.item_id,
        restatements.location_id,
        restatements.valuation_date,
        restatements.costing_method,
        sum(restatements.quantity_difference) as quantity,
        cast(null as decimal(38, 4)) as cost_value
    from {{ ref('restatements') }} as restatements
    inner join latest on restatements.valuation_date = latest.valuation_date
    group by
        restatements.item_id, restatements.location_id, restatements.valuation_date, restatements.costing_method
    having sum(restatements.quantity_difference) <> 0
)

select * from unexplained
union all
select * from left_open
