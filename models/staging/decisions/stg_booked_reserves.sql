-- A balance is of a month.
with used as (
    {{ used_rows('booked_reserves') }}
),

mended as (
    select * replace (
        last_day(period_end) as period_end,
        nullif(concat_ws(
            '; ', mends, case when period_end <> last_day(period_end) then 'period_end was ' || period_end end
        ), '') as mends
    )
    from used
)

select * from mended
