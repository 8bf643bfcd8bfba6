with used as (
    {{ used_rows('purchase_orders', for_amounts=true) }}
),

valued as (
    select
        {{ mended_columns('purchase_orders', mended={}, mends='null') }},
        {{ line_amount('quantity', 'unit_cost_as_delivered', 'rate_to_reporting') }} as order_amount
    from used
)

select * from valued
