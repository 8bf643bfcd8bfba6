with movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('sale', 'customer_return')
),

demand_days as (
    select
        item_id,
        location_id,
        posted_on as day,
        {{ demand_sums() }}
    from movements
    group by item_id, location_id, posted_on
)

select * from demand_days
