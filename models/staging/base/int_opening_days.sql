-- What happened before the opening stock of a position is in it already; a position without one has none on the day on
-- which most of its location's were opened.
with opening_stock as (
    select * from {{ ref('base_opening_stock') }}
    where row_status = 'used' and as_of is not null
),

opening_days as (
    select
        item_id,
        location_id,
        min(as_of) as opened_on
    from opening_stock
    group by item_id, location_id
    union all
    select
        cast(null as string) as item_id,
        location_id,
        mode(as_of) as opened_on
    from opening_stock
    group by location_id
)

select * from opening_days
