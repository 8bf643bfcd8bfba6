-- A loss on goods still to come is measured as it would be had they come (ASC 330-10-35-17, IAS 37.66 to 37.69): they
-- stand in line behind the stock. What a commitment would gain covers no other's loss.
with open_commitments as (
    select * from {{ ref('int_open_commitments') }}
),

lot_values as (
    select * from {{ ref('int_lot_values') }}
    where lot_kind = 'ordered'
),

items as (
    select * from {{ ref('items') }}
),

commitments_sold as (
    select
        open_commitments.*,
        items.recovery_rate,
        lot_values.expected_sold_quantity,
        lot_values.unit_nrv
    from open_commitments
    inner join items on open_commitments.item_id = items.item_id
    inner join lot_values
        on
            open_commitments.item_id = lot_values.item_id
            and open_commitments.location_id = lot_values.location_id
            and open_commitments.valuation_date = lot_values.valuation_date
            and open_commitments.commitment_number = lot_values.lot_number
),

commitments_valued as (
    select
        *,
        {{ market_amount('coalesce(expected_sold_quantity, open_quantity)', 'unit_nrv') }}
        + {{ rounded_amount(
            '(open_quantity - coalesce(expected_sold_quantity, open_quantity)) * recovery_rate * '
            ~ ratio('committed_amount', 'open_quantity')
        ) }} as expected_value
    from commitments_sold
),

purchase_commitments as (
    select
        po_id,
        item_id,
        location_id,
        valuation_date,
        open_quantity,
        committed_amount,
        unit_nrv,
        expected_sold_quantity,
        expected_value,
        cast(greatest(committed_amount - coalesce(expected_value, committed_amount), 0) as {{ money_type() }})
            as expected_loss_amount
    from commitments_valued
)

select * from purchase_commitments
