with used as (
    {{ used_rows('purchase_orders') }}
),

valued as (
    select
        * exclude (unit_cost_as_delivered, rate_to_reporting),
        {{ line_amount('quantity', 'unit_cost_as_delivered', 'rate_to_reporting') }} as order_amount
    from used
)

select * from valued
