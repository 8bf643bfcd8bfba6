select
    table_name,
    row_key,
    item_id,
    row_reason as kind,
    quantity,
    delivered_amount as amount,
    source_row
from {{ ref('int_unused_rows') }}
where row_status = 'set aside'
