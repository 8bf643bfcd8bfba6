-- A balance is of a month. Where two fall into one, as in calendars of four and five weeks, the last one counts.
with used as (
    {{ used_rows('booked_reserves') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by item_id, location_id, last_day(period_end)
            order by period_end desc nulls last, source_row_number desc nulls last
        ) as place
    from used
),

mended as (
    select
        {{ mended_columns(
            'booked_reserves',
            mended={'period_end': 'last_day(period_end)'},
            mends="case when period_end <> last_day(period_end) then 'period_end was ' || period_end end",
        ) }}
    from ranked
    where place = 1
)

select * from mended
