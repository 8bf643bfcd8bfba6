with used as (
    {{ used_rows('purchase_orders') }}
)

select
    *,
    {{ line_amount('quantity', 'unit_cost') }} as order_amount
from used
