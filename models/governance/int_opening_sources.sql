-- What the company's own books held when those here begin: what it handed over by position, else what the seed
-- opening_reserves says in total. A table or a seed without a row says nothing, and not that it was nought.
with period_proposals as (
    select * from {{ ref('period_proposals') }}
),

booked_months as (
    select
        cast(last_day(period_end) as date) as opening_date,
        sum(amount) as amount
    from {{ ref('stg_booked_reserves') }}
    group by cast(last_day(period_end) as date)
),

seed_total as (
    select
        count(*) as row_count,
        sum(amount) as amount
    from {{ ref('opening_reserves') }}
),

openings as (
    select
        period_end,
        {{ month_end_after('period_end', -1) }} as opening_date
    from period_proposals
),

opening_sources as (
    select
        openings.period_end,
        openings.opening_date,
        case
            when booked_months.opening_date is not null then 'booked_reserves'
            when seed_total.row_count > 0 then 'opening_reserves'
            else 'unknown'
        end as opening_source,
        cast(coalesce(booked_months.amount, seed_total.amount, 0) as {{ money_total_type() }}) as opening_amount
    from openings
    left join booked_months on openings.opening_date = booked_months.opening_date
    cross join seed_total
)

select * from opening_sources
