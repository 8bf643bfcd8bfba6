-- Customers order one piece and a thousand: only a line far above all that the item sold in one before is doubtful.
with stg_sales as (
    select * from {{ ref('stg_sales') }}
),

compared as (
    select
        source_row_number,
        item_id,
        location_id,
        quantity,
        unit_price,
        count(*) over earlier_lines as line_count,
        max(quantity) over earlier_lines as largest_quantity
    from stg_sales
    window earlier_lines as (
        partition by item_id
        order by sold_at nulls last, source_row_number nulls last
        rows between unbounded preceding and 1 preceding
    )
),

doubtful_quantities as (
    select
        source_row_number,
        item_id,
        location_id,
        'quantity' as column_name,
        quantity as value,
        largest_quantity as reference_value,
        unit_price as units,
        'the largest of the item''s earlier sales' as reference_name
    from compared
    where line_count >= 10 and {{ is_far_above('quantity', 'largest_quantity') }}
)

select * from doubtful_quantities
