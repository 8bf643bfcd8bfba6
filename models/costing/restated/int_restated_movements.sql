-- Only of items that have a late document: what all others cost is known already. Each movement is told the last late
-- one before it, which is what its cost differs by; a movement before the first late one costs what it did.
with posted as (
    select * from {{ ref('int_movements_posted') }}
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

moved_within_pools as (
    select * from {{ ref('int_moved_within_pools') }}
),

late_items as (
    select distinct item_id
    from posted
    where posted_at > moved_at
),

renumbered as (
    select
        posted.*,
        row_number() over (
            order by
                posted.moved_at nulls last,
                posted.precedence nulls last,
                posted.movement_type nulls last,
                posted.document_id nulls last,
                posted.line_no nulls last,
                posted.source_row_number nulls last,
                posted.part_number
        ) as restated_number
    from posted
    inner join late_items on posted.item_id = late_items.item_id
),

links as (
    select
        movement_id,
        restated_number
    from renumbered
    where movement_type in ('receipt', 'sale', 'transfer_out', 'customer_return')
),

restated_movements as (
    select
        renumbered.restated_number as movement_number,
        renumbered.movement_number as known_movement_number,
        renumbered.movement_type,
        renumbered.item_id,
        renumbered.location_id,
        cost_pools.pool_location_id,
        moved_within_pools.movement_number is not null as is_within_pool,
        cast(renumbered.moved_at as date) as posted_on,
        coalesce(renumbered.received_on, cast(renumbered.moved_at as date)) as received_on,
        renumbered.quantity_change,
        renumbered.cost_amount,
        links.restated_number as linked_movement_number,
        max(case when renumbered.posted_at > renumbered.moved_at then renumbered.restated_number end) over (
            partition by renumbered.item_id
            order by renumbered.restated_number nulls last
            rows between unbounded preceding and current row
        ) as late_number
    from renumbered
    inner join cost_pools on renumbered.location_id = cost_pools.location_id
    left join moved_within_pools on renumbered.movement_number = moved_within_pools.movement_number
    left join links
        on
            renumbered.linked_movement_id = links.movement_id
            and renumbered.restated_number > links.restated_number
)

select * from restated_movements
order by movement_number
