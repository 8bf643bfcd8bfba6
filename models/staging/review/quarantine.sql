select
    table_name,
    row_key,
    row_reason as reason,
    source_row
from {{ ref('int_unused_rows') }}
where row_status = 'quarantined'
