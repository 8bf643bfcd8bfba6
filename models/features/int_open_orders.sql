with open_order_lines as (select * from {{ ref('open_order_lines') }}),

open_orders as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(open_quantity) as open_quantity,
        sum(case when is_firm then open_quantity else 0 end) as firm_quantity,
        sum(case when due_on < valuation_date then open_quantity else 0 end) as overdue_quantity
    from open_order_lines
    group by item_id, location_id, valuation_date
)

select * from open_orders
