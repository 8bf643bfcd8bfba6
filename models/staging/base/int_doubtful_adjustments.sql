-- A reason that can only lower stock with a positive quantity, in a table that else books with signs: the reversal of
-- an earlier one, or a slip.
select
    source_row_number,
    item_id,
    location_id,
    'quantity' as column_name,
    quantity as value,
    -quantity as reference_value,
    unit_cost as units,
    'what a ' || replace(lower(reason), '_', ' ') || ' does to stock' as reference_name
from {{ ref('stg_stock_adjustments') }}
where
    quantity > 0
    and lower(reason) in ('write_off', 'damage', 'theft', 'expiry', 'obsolete', 'supplier_return')
