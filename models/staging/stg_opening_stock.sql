with used as (
    {{ used_rows('opening_stock') }}
)

select
    *,
    {{ line_amount('quantity', 'unit_cost') }} as cost_amount
from used
