-- Empty where each position is a pool of its own: `inventory_costs` holds that.
with costs as (
    select * from {{ ref('int_costs_and_layers') }}
    where layer_number is null and transfer_movement_number is null and {{ is_pooled() | lower }}
),

{{ costs_of_places('costs') }}

select * from costs_at_valuation_dates
