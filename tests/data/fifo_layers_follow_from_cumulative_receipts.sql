-- The kernel's FIFO layers, from running totals alone: what is left of a layer is what total issues have not reached.
-- On positions of plain history.
with {{ plain_histories(of_positions=true) }},

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

issued as (
    select
        plain_movements.item_id,
        plain_movements.location_id,
        valuation_dates.valuation_date,
        -sum(least(quantity_units, 0)) as issued_units
    from plain_movements
    inner join valuation_dates on plain_movements.posted_on <= valuation_dates.valuation_date
    group by
        plain_movements.item_id, plain_movements.location_id, valuation_dates.valuation_date
),

received as (
    select
        *,
        sum(quantity_units) over (
            partition by item_id, location_id order by queue_number nulls last
        ) as received_units
    from plain_movements
    where quantity_units > 0
),

left_over as (
    select
        received.*,
        issued.valuation_date,
        least(received.quantity_units, received.received_units - issued.issued_units) as left_units
    from received
    inner join issued
        on
            received.item_id = issued.item_id
            and received.location_id = issued.location_id
            and received.posted_on <= issued.valuation_date
            and received.received_units > issued.issued_units
),

expected as (
    select
        item_id,
        location_id,
        valuation_date,
        movement_number as receipt_movement_number,
        cast(left_units as decimal(22, 0)) * 0.000001 as quantity,
        cast(
            value_units - {{ share_of_units('value_units', 'quantity_units - left_units', 'quantity_units') }}
            as decimal(22, 0)
        ) * 0.0001 as fifo_value
    from left_over
),

found as (
    select cost_layers.*
    from {{ ref('cost_layers') }} as cost_layers
    inner join plain_positions
        on
            cost_layers.item_id = plain_positions.item_id
            and cost_layers.location_id = plain_positions.location_id
)

select
    concat(
        coalesce(expected.receipt_movement_number, found.receipt_movement_number), ': ', expected.quantity, ' for ',
        expected.fifo_value, ' by totals, ', found.quantity, ' for ', found.fifo_value, ' found'
    ) as difference
from expected
full outer join found
    on
        expected.item_id = found.item_id
        and expected.location_id = found.location_id
        and expected.valuation_date = found.valuation_date
        and expected.receipt_movement_number = found.receipt_movement_number
where
    expected.quantity is distinct from found.quantity
    or expected.fifo_value is distinct from found.fifo_value
