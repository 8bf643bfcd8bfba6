{% set costed_movements = stored_costing('int_costed_movements') %}

with movements as (
    select * from {{ ref('movements') }}
),

late_movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('customer_return', 'cost_adjustment')
),

starts as (
    select * from {{ ref('int_costing_starts') }}
    where continues_after is not null
),

referred_numbers as (
    select * from {{ ref('int_referred_numbers') }}
),

-- The few are picked out of all before anything else is looked at.
referred_movements as (
    select * from movements
    where movement_number in (select movement_number from referred_numbers)
),

referred as (
    select
        referred_movements.*,
        starts.continues_after
    from referred_movements
    inner join starts on referred_movements.item_id = starts.item_id
    where referred_movements.posted_on <= starts.continues_after
),

-- What had come back of a sale, and what late costs had added to a receipt.
followed as (
    select
        referred.movement_number,
        sum(case when late_movements.movement_type = 'customer_return' then late_movements.quantity_change else 0 end)
            as returned_quantity,
        sum(case when late_movements.movement_type = 'cost_adjustment' then late_movements.cost_amount else 0 end)
            as added_cost
    from late_movements
    inner join referred
        on
            late_movements.linked_movement_number = referred.movement_number
            and late_movements.posted_on <= referred.continues_after
    group by referred.movement_number
),

costed_movements as (
    {% if costed_movements -%}
    select * from {{ costed_movements }}
    where not is_elsewhere and movement_number in (select movement_number from referred_numbers)
    {%- else -%}
    select
        movement_number,
        {%- for method in costing_methods() %}
        cost_amount as {{ method }}_value_change,
        {%- endfor %}
        cost_amount as weighted_average_variance_amount,
        received_on as fifo_received_on,
        cast(null as double) as pool_left_rate,
        cast(null as double) as pool_part_rate
    from movements
    where false
    {%- endif %}
),

earlier_movements as (
    select
        referred.movement_number,
        referred.movement_type,
        referred.item_id,
        referred.location_id,
        referred.posted_on,
        referred.received_on,
        referred.quantity_change,
        referred.cost_amount,
        referred.linked_movement_number,
        {%- for method in costing_methods() %}
        costed_movements.{{ method }}_value_change,
        {%- endfor %}
        cast(
            costed_movements.weighted_average_value_change + costed_movements.weighted_average_variance_amount
            + coalesce(followed.added_cost, 0) as {{ money_type() }}
        ) as average_cost,
        cast(least(-referred.quantity_change, coalesce(followed.returned_quantity, 0)) as {{ quantity_type() }})
            as returned_quantity,
        costed_movements.fifo_received_on,
        costed_movements.pool_left_rate,
        costed_movements.pool_part_rate
    from referred
    inner join costed_movements on referred.movement_number = costed_movements.movement_number
    left join followed on referred.movement_number = followed.movement_number
)

select * from earlier_movements
