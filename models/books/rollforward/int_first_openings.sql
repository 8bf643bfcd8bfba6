-- The first period opens with what the company's own books held at the end of the month before. It came from another
-- method; the move to this one is a change in estimate, and so an addition or reversal of the first period and not of
-- those before (ASC 250-10-45-17, IAS 8.36). Under US GAAP it is the cost basis that the units have.
with stg_booked_reserves as (
    select * from {{ ref('stg_booked_reserves') }}
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

frameworks as (
    select 'us_gaap' as framework
    union all
    select 'ifrs' as framework
),

first_period as (
    select {{ month_end_after('min(period_end)', -1) }} as period_end from reserve_decisions
),

booked_positions as (
    select
        stg_booked_reserves.item_id,
        stg_booked_reserves.location_id,
        first_period.period_end,
        cast(sum(stg_booked_reserves.amount) as {{ money_type() }}) as amount
    from stg_booked_reserves
    inner join first_period
        on cast(last_day(stg_booked_reserves.period_end) as date) = first_period.period_end
    group by stg_booked_reserves.item_id, stg_booked_reserves.location_id, first_period.period_end
),

first_openings as (
    select
        booked_positions.item_id,
        booked_positions.location_id,
        frameworks.framework,
        booked_positions.period_end,
        booked_positions.amount as closing_amount,
        case when frameworks.framework = 'ifrs' then booked_positions.amount else cast(0 as {{ money_type() }}) end
            as recoverable_amount
    from booked_positions
    cross join frameworks
    where booked_positions.amount > 0
)

select * from first_openings
