{{ config(meta={'known_by': 'coalesce(flash_date, month_end)'}) }}

-- A month counts whole or not at all. That of a flash still runs, so a flash looks back on months that end on its own
-- day of the month. The two kinds of months never meet in a window: flash_date keeps them apart. Fifty years before the
-- data are there for what is known of them, such as signals.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is not null or valuation_date = (select max(last_month_end) from {{ ref('valuation_dates') }})
),

months_back as (
    {{ integer_series(1800) }}
),

days_back as (
    {{ integer_series(30) }}
),

months as (
    select
        valuation_dates.flash_date,
        valuation_dates.month_number - months_back.number as month_number,
        {{ months_after('valuation_dates.valuation_date', '-months_back.number') }} as month_end,
        {{ months_after('valuation_dates.valuation_date', '-months_back.number - 1') }} as month_end_before
    from valuation_dates
    inner join months_back on valuation_dates.month_number - months_back.number > -600
),

month_days as (
    select
        cast(months.month_end - cast(days_back.number as integer) as date) as day,
        months.flash_date,
        months.month_number,
        months.month_end,
        case when coalesce(months.flash_date, months.month_end) = months.month_end then months.month_end end
            as valuation_date
    from months
    cross join days_back
    where cast(months.month_end - cast(days_back.number as integer) as date) > months.month_end_before
)

select * from month_days
