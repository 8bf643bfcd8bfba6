-- The units of a position in the order in which demand takes them: its layers, oldest first, then what is ordered for
-- certain. Stock that sold out leaves its commitments as first in line.
with cost_layers as (
    select * from {{ ref('cost_layers') }}
),

open_commitments as (
    select * from {{ ref('int_open_commitments') }}
),

unit_values as (
    select * from {{ ref('int_unit_values') }}
),

demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

lots as (
    select
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date,
        'layer' as lot_kind,
        cast(cost_layers.layer_number as bigint) as lot_number,
        cost_layers.quantity
    from cost_layers
    inner join unit_values
        on
            cost_layers.item_id = unit_values.item_id
            and cost_layers.location_id = unit_values.location_id
            and cost_layers.valuation_date = unit_values.valuation_date
    union all
    select
        item_id,
        location_id,
        valuation_date,
        'ordered' as lot_kind,
        cast(commitment_number as bigint) as lot_number,
        open_quantity as quantity
    from open_commitments
),

running_lots as (
    select
        *,
        cast(sum(quantity) over (
            partition by item_id, location_id, valuation_date
            order by lot_kind nulls last, lot_number nulls last
            rows between unbounded preceding and current row
        ) as {{ quantity_type() }}) as to_quantity
    from lots
),

units_in_order as (
    select
        running_lots.item_id,
        running_lots.location_id,
        running_lots.valuation_date,
        running_lots.lot_kind,
        running_lots.lot_number,
        cast(running_lots.to_quantity - running_lots.quantity as {{ quantity_type() }}) as from_quantity,
        running_lots.to_quantity,
        cast(coalesce(unit_values.firm_quantity, 0) as {{ quantity_type() }}) as firm_quantity,
        demand_distributions.expected_demand_quantity,
        demand_distributions.demand_variation
    from running_lots
    left join unit_values
        on
            running_lots.item_id = unit_values.item_id
            and running_lots.location_id = unit_values.location_id
            and running_lots.valuation_date = unit_values.valuation_date
    left join demand_distributions
        on
            running_lots.item_id = demand_distributions.item_id
            and running_lots.location_id = demand_distributions.location_id
            and running_lots.valuation_date = demand_distributions.valuation_date
)

select * from units_in_order
