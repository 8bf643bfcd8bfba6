-- What came in is used, merged, quarantined or set aside, in rows and to the last ten-thousandth.
select
    table_name,
    rows_in - rows_used - rows_merged - rows_quarantined - rows_set_aside as rows_missing,
    amount_in - amount_used - amount_merged - amount_quarantined - amount_set_aside
        as amount_missing
from {{ ref('row_reconciliation') }}
where
    rows_in <> rows_used + rows_merged + rows_quarantined + rows_set_aside
    or amount_in <> amount_used + amount_merged + amount_quarantined + amount_set_aside
