"""The demo company as its own tables show it, against what the reference company is meant to be.

`python benchmarks/demo_company.py warehouse/build.duckdb` after a build of the company, at full scale
(`make demo DEMO_OPTIONS="--scale 1"`) or smaller, prints stock at cost by category and month; turnover, margin and
write-downs by calendar year; the stock's ages; the losses that came within a horizon of each month end, by the
definition of `realised_outcomes`; and the write-downs that the books did not foresee. Nothing is read from the
simulation: only inputs, their costs and outcomes.

A write-down is what was lost on stock that lost its value: cost less net price of what was sold below cost, and cost
of what was scrapped as unsaleable. It is unforeseen as far as the books held less for the same units at the month end
before. Damage, theft and returned goods that were scrapped are running losses, for which nobody reserves by age: they
stand beside.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

ALWAYS = "date '1900-01-01'"
STOCK = """
    select
        coalesce(items.category, 'all') as category,
        count(distinct items.item_id) as items,
        count(distinct case when costs.quantity > 0 then items.item_id end) as items_in_stock,
        count(distinct costs.location_id) as locations,
        sum(costs.cost_value) / 1e6 as stock_millions
    from core.items as items
    left join costing.inventory_costs as costs
        on
            items.item_id = costs.item_id
            and costs.costing_method = 'weighted_average'
            and costs.valuation_date = (select valuation_date from core.valuation_dates where is_latest)
    group by rollup (items.category)
    order by stock_millions
"""
STOCK_OVER_TIME = """
    select round(min(value), 1), round(avg(value), 1), round(max(value), 1)
    from (
        select sum(cost_value) / 1e6 as value from costing.inventory_costs
        where costing_method = 'weighted_average' and valuation_date > {since} group by valuation_date
    )
"""
STOCK_BY_MONTH = """
    select valuation_date, sum(cost_value) / 1e6 from costing.inventory_costs
    where costing_method = 'weighted_average' group by valuation_date order by valuation_date
"""
ISSUES = """
    with issues as (
        select
            movements.item_id,
            movements.location_id,
            case
                when movements.movement_type = 'sale' then 'sold below cost'
                when movements.reason in ('write_off', 'obsolete', 'expiry') then 'scrapped as unsaleable'
                else 'damage, theft, returned goods'
            end as kind,
            -movements.quantity_change as quantity,
            cast(last_day(movements.posted_on - interval 1 month) as date) as month_before,
            case
                when movements.movement_type = 'sale' then greatest(-costs.value_change - movements.net_amount, 0)
                else -costs.value_change
            end as loss,
            movements.posted_on,
            -costs.value_change as cost,
            case when movements.movement_type = 'sale' then movements.net_amount end as proceeds
        from costing.issue_costs as costs
        inner join core.movements as movements using (movement_number)
        where
            costs.costing_method = 'weighted_average'
            and costs.location_id = movements.location_id
            and movements.posted_on > {since}
            and (
                movements.movement_type in ('sale', 'return_scrap')
                or (movements.movement_type = 'adjustment_out' and movements.reason not in ('count', 'found', 'other'))
            )
    ),
    booked as (
        select item_id, location_id, period_end, sum(amount) as amount from staging.stg_booked_reserves group by all
    )
"""
WRITE_DOWNS = (
    ISSUES
    + """
    select
        kind,
        sum(loss) / 1e6 as loss_millions,
        sum(greatest(loss - coalesce(booked.amount / nullif(on_hand.quantity, 0), 0) * issues.quantity, 0)) / 1e6
            as unforeseen_millions
    from issues
    left join booked
        on
            issues.item_id = booked.item_id
            and issues.location_id = booked.location_id
            and issues.month_before = booked.period_end
    left join core.on_hand as on_hand
        on
            issues.item_id = on_hand.item_id
            and issues.location_id = on_hand.location_id
            and issues.month_before = on_hand.valuation_date
    where loss > 0
    group by kind
    order by kind = 'damage, theft, returned goods', kind desc
"""
)
YEARS = (
    ISSUES
    + """,
    stock as (
        select year(valuation_date) as year, sum(cost_value) / count(distinct valuation_date) as mean_stock,
            count(distinct valuation_date) / 12 as years
        from costing.inventory_costs where costing_method = 'weighted_average' group by all
    )
    select
        stock.year,
        mean_stock / 1e6,
        sum(cost) filter (where proceeds is not null) / years / mean_stock as turnover,
        1 - sum(cost) filter (where proceeds is not null) / sum(proceeds) as margin,
        sum(loss) filter (where kind = 'sold below cost') / years / mean_stock as sold_below_cost,
        coalesce(sum(loss) filter (where kind = 'scrapped as unsaleable'), 0) / years / mean_stock as scrapped,
        coalesce(sum(loss) filter (where kind = 'damage, theft, returned goods'), 0) / years / mean_stock as running
    from stock
    inner join issues on stock.year = year(issues.posted_on)
    group by stock.year, mean_stock, years
    order by stock.year
"""
)
REALISED = """
    select min(rate), avg(rate), max(rate), avg(unsold), min(horizon_months)
    from (
        select valuation_date, horizon_months, sum(realised_loss) / sum(cost_value) as rate,
            sum(cast(cost_value as double) * unsold_quantity / nullif(quantity, 0)) / sum(cost_value) as unsold
        from outcomes.realised_outcomes group by all
    )
"""
AGES = """
    select
        sum(cost_value - days_0_to_90_value) / sum(cost_value),
        sum(cost_value - days_0_to_90_value - days_91_to_180_value) / sum(cost_value),
        sum(days_over_365_value) / sum(cost_value)
    from costing.inventory_ageing
    where cost_value > 0 and valuation_date > {since}
"""


def main() -> None:
    """Print the company's figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    connection = duckdb.connect(str(parser.parse_args().database), read_only=True)
    since = "(select valuation_date from core.valuation_dates where month_number = "
    since += "(select max(month_number) - 24 from core.valuation_dates))"
    print("Stock at cost at the last month end, in millions")
    for category, items, in_stock, locations, value in connection.execute(STOCK).fetchall():
        print(f"  {category:<28}{items:>7,} items {in_stock:>7,} in stock {locations:>3} locations {value or 0:>8.1f}")
    print("Stock at cost by month end, in millions")
    values = [f"{value:,.1f}" for _, value in connection.execute(STOCK_BY_MONTH).fetchall()]
    for row in range(0, len(values), 12):
        print("  " + " ".join(f"{value:>6}" for value in values[row : row + 12]))
    low, mean, high = connection.execute(STOCK_OVER_TIME.format(since=since)).fetchall()[0]
    print(f"  in two years from {low} to {high}, mean {mean}")
    print("By calendar year: mean stock in millions, turnover, margin; in percent of mean stock a year: write-downs")
    for year, stock, turnover, margin, below, scrapped, running in connection.execute(
        YEARS.format(since=ALWAYS)
    ).fetchall():
        print(
            f"  {year} {stock:>8.1f} {turnover:>6.1f} times {margin:>6.1%} {below + scrapped:>6.1%}"
            f" (sold below cost {below:.1%}, scrapped {scrapped:.1%}), damage, theft and scrapped returns {running:.1%}"
        )
    older = connection.execute(AGES.format(since=since)).fetchall()[0]
    print("Share of the stock of two years over 90, 180, 365 days old: " + ", ".join(f"{share:.1%}" for share in older))
    lowest, usual, highest, unsold, horizon = connection.execute(REALISED).fetchall()[0]
    print(
        f"Realised loss within {horizon} months over cost, mean of month ends: {usual:.1%}"
        f" ({lowest:.1%} to {highest:.1%}), unsold by then {unsold:.1%}"
    )
    print("Write-downs of the last two years, and what the books did not foresee of them, in millions")
    *write_downs, running = connection.execute(WRITE_DOWNS.format(since=since)).fetchall()
    total = ("write-downs", sum(row[1] for row in write_downs), sum(row[2] for row in write_downs))
    for kind, loss, unforeseen in (*write_downs, total, running):
        print(f"  {kind:<30}{loss:>8.2f}{unforeseen:>8.2f}")


if __name__ == "__main__":
    main()
