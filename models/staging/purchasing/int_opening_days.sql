-- What happened before the opening stock of a position is in it already. Where nearly all opening stock is of one day,
-- it is a picture of the whole company: what it does not show was not there on that day. Layers that came without a day
-- tell none.
with opening_stock as (
    select * from {{ ref('stg_opening_stock') }}
    where coalesce(mends not like '%as_of missing%', true)
),

days as (
    select
        as_of,
        count(*) as row_count
    from opening_stock
    group by as_of
),

company_days as (
    select max_by(as_of, row_count) as opened_on
    from days
    having max(row_count) >= 0.95 * sum(row_count)
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
        cast(null as string) as location_id,
        opened_on
    from company_days
)

select * from opening_days
