-- What reasons leave over is under a hundredth of the reserve of a date, and of a position whose reserve is a ten-thousandth
-- of the total or more under a tenth of its own.
with closing_lines as (
    select
        valuation_date,
        item_id,
        location_id,
        sum(driver_amount) filter (where feature = 'other') as closing_amount,
        sum(driver_amount) as reserve_amount
    from valuation.reserve_drivers
    group by valuation_date, item_id, location_id
),

totals as (
    select
        valuation_date,
        sum(reserve_amount) as total_amount,
        sum(abs(closing_amount)) as total_closing_amount
    from closing_lines
    group by valuation_date
)

select
    closing_lines.valuation_date,
    closing_lines.item_id,
    closing_lines.location_id,
    closing_lines.closing_amount,
    closing_lines.reserve_amount,
    totals.total_closing_amount,
    totals.total_amount
from closing_lines
inner join totals on closing_lines.valuation_date = totals.valuation_date
where
    100 * totals.total_closing_amount > totals.total_amount
    or (
        10000 * closing_lines.reserve_amount >= totals.total_amount
        and 10 * abs(closing_lines.closing_amount) > closing_lines.reserve_amount
    )
