{% set costed_movements = stored_costing('int_costed_movements') %}

with movements_to_cost as (
    select * from {{ ref('int_movements_to_cost') }}
),

continued_states as (
    select * from {{ ref('int_continued_states') }}
),

starts as (
    select * from {{ ref('int_costing_starts') }}
    where continues_after is not null
),

linked as (
    select
        movements_to_cost.item_id,
        movements_to_cost.movement_type,
        movements_to_cost.linked_movement_number as movement_number
    from movements_to_cost
    inner join starts on movements_to_cost.item_id = starts.item_id
    where movements_to_cost.linked_movement_number is not null
),

late_costs as (
    select
        item_id,
        min(movement_number) as first_movement_number
    from linked
    where movement_type = 'cost_adjustment'
    group by item_id
),

-- Which pools a receipt's cost went into follows from all receipts and transfers of its item since.
referred_numbers as (
    select movement_number from linked
    union distinct
    select transfer_movement_number as movement_number from continued_states
    where transfer_movement_number is not null
    {%- if costed_movements %}
    union distinct
    select costed_movements.movement_number
    from {{ costed_movements }} as costed_movements
    inner join late_costs
        on
            costed_movements.item_id = late_costs.item_id
            and costed_movements.movement_number >= late_costs.first_movement_number
    where costed_movements.pool_left_rate is not null
    {%- endif %}
)

select * from referred_numbers
