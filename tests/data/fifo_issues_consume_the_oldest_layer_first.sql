-- The cost of each issue by FIFO from two running totals: it takes of each layer where its interval of all that was
-- issued overlaps the layer's interval of all that was received. On positions of plain history.
with {{ plain_histories() }},

layers as (
    select
        *,
        sum(quantity_units) over (
            partition by item_id, location_id order by queue_number nulls last
        ) - quantity_units as from_units
    from plain_movements
    where quantity_units > 0
),

issues as (
    select
        *,
        -sum(quantity_units) over (
            partition by item_id, location_id order by movement_number nulls last
        ) as upto_units
    from plain_movements
    where quantity_units < 0
),

takings as (
    select
        issues.movement_number,
        layers.value_units,
        layers.quantity_units,
        greatest(issues.upto_units + issues.quantity_units - layers.from_units, 0) as gone_before_units,
        least(issues.upto_units - layers.from_units, layers.quantity_units) as gone_after_units
    from issues
    inner join layers
        on
            issues.item_id = layers.item_id
            and issues.location_id = layers.location_id
            and issues.upto_units > layers.from_units
            and issues.upto_units + issues.quantity_units < layers.from_units + layers.quantity_units
),

expected as (
    select
        movement_number,
        cast(sum(
            {{ share_of_units('value_units', 'gone_after_units', 'quantity_units') }}
            - {{ share_of_units('value_units', 'gone_before_units', 'quantity_units') }}
        ) as hugeint) as cost_units
    from takings
    group by movement_number
),

found as (
    select
        issues.movement_number,
        {{ whole_units('-costs.fifo_value_change') }} as cost_units
    from issues
    left join {{ ref('int_costed_movements') }} as costs
        on issues.movement_number = costs.movement_number and not costs.is_elsewhere
)

select
    concat(
        found.movement_number, ': ', expected.cost_units, ' by intervals, ', found.cost_units, ' found'
    ) as difference
from found
full outer join expected
    on found.movement_number = expected.movement_number
where expected.cost_units is distinct from found.cost_units
