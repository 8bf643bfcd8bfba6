-- The first period opens with what the company's own books held at the end of the month before. It came from another
-- method; the move to this one is a change in estimate, and so an addition or reversal of the first period and not of
-- those before (ASC 250-10-45-17, IAS 8.36). Under US GAAP it is the cost basis that the units have.
with books_beginning as (
    select * from {{ ref('int_books_beginning') }}
),

stg_booked_reserves as (
    select * from {{ ref('stg_booked_reserves') }}
),

frameworks as (
    select 'us_gaap' as framework
    union all
    select 'ifrs' as framework
),

by_position as (
    select
        stg_booked_reserves.item_id,
        stg_booked_reserves.location_id,
        books_beginning.opening_date,
        cast(sum(stg_booked_reserves.amount) as {{ money_type() }}) as amount
    from stg_booked_reserves
    inner join books_beginning
        on cast(last_day(stg_booked_reserves.period_end) as date) = books_beginning.opening_date
    group by stg_booked_reserves.item_id, stg_booked_reserves.location_id, books_beginning.opening_date
    union all
    select
        item_id,
        location_id,
        opening_date,
        amount
    from {{ ref('int_shared_openings') }}
),

first_openings as (
    select
        by_position.item_id,
        by_position.location_id,
        frameworks.framework,
        by_position.opening_date as period_end,
        by_position.amount as closing_amount,
        case when frameworks.framework = 'ifrs' then by_position.amount else cast(0 as {{ money_type() }}) end
            as recoverable_amount
    from by_position
    cross join frameworks
    where by_position.amount > 0
)

select * from first_openings
