-- Empty where each position is a pool of its own: `inventory_costs` holds that.
with newly_costed as (
    select * from {{ ref('int_newly_costed') }}
    where transfer_movement_number is null and {{ is_pooled() | lower }}
),

{{ costs_of_places('newly_costed') }}

select * from costs_at_valuation_dates
