with used as (
    {{ used_rows('stock_adjustments') }}
)

select
    *,
    {{ line_amount('quantity', 'unit_cost') }} as cost_amount
from used
