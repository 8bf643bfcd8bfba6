-- The kernel's FIFO layers, from running totals alone: what is left of a layer is what total issues
-- have not reached. It holds for positions whose history is plain: only opening stock, receipts and
-- found stock with a known cost come in, only sales and adjustments go out, and stock is never
-- negative.
with movements as (
    select
        *,
        sum(quantity_change) over (
            partition by item_id, location_id order by movement_number nulls last
        ) as balance
    from {{ ref('movements') }}
),

plain_positions as (
    select
        item_id,
        location_id
    from movements
    group by item_id, location_id
    having
        min(balance) >= 0
        and sum(
            case
                when movement_type in ('opening', 'receipt', 'adjustment_in')
                    then case when cost_amount is null then 1 else 0 end
                when movement_type in ('sale', 'adjustment_out') then 0
                when movement_type = 'supplier_return' and linked_movement_number is null then 0
                else 1
            end
        ) = 0
),

plain_movements as (
    select movements.*
    from movements
    inner join plain_positions
        on
            movements.item_id = plain_positions.item_id
            and movements.location_id = plain_positions.location_id
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

issued as (
    select
        plain_movements.item_id,
        plain_movements.location_id,
        valuation_dates.valuation_date,
        sum(case when quantity_change < 0 then -quantity_change else 0 end) as issued_quantity
    from plain_movements
    inner join valuation_dates on plain_movements.posted_on <= valuation_dates.valuation_date
    group by
        plain_movements.item_id, plain_movements.location_id, valuation_dates.valuation_date
),

received as (
    select
        item_id,
        location_id,
        movement_number,
        posted_on,
        quantity_change as quantity,
        cost_amount,
        sum(quantity_change) over (
            partition by item_id, location_id
            order by received_on nulls last, movement_number nulls last
        ) as received_quantity
    from plain_movements
    where quantity_change > 0
),

left_over as (
    select
        received.item_id,
        received.location_id,
        issued.valuation_date,
        received.movement_number,
        received.cost_amount,
        received.quantity as layer_quantity,
        least(received.quantity, received.received_quantity - issued.issued_quantity) as quantity
    from received
    inner join issued
        on
            received.item_id = issued.item_id
            and received.location_id = issued.location_id
            and received.posted_on <= issued.valuation_date
            and received.received_quantity > issued.issued_quantity
),

-- Whole ten-thousandths, so that the rounding of the part that has gone is exact.
in_units as (
    select
        *,
        cast(cost_amount * 10000 as hugeint) as value_units,
        cast((layer_quantity - quantity) * 10000 as hugeint) as gone_units,
        cast(layer_quantity * 10000 as hugeint) as layer_units
    from left_over
),

expected as (
    select
        item_id,
        location_id,
        valuation_date,
        movement_number as receipt_movement_number,
        quantity,
        cast(
            (value_units - (2 * value_units * gone_units + layer_units) // (2 * layer_units))
            as decimal(22, 0)
        ) * 0.0001 as fifo_value
    from in_units
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
    expected.*,
    found.quantity as found_quantity,
    found.fifo_value as found_value
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
