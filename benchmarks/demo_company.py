"""The demo company as its own tables show it, against what the reference company is meant to be.

`python benchmarks/demo_company.py warehouse/build.duckdb` after a build of the company at full scale
(`make demo DEMO_OPTIONS="--scale 1"`) prints stock at cost, its categories, and the write-downs that the books did not
foresee. Nothing is read from the simulation: only inputs and their costs.

A write-down is what was lost on stock that lost its value: cost less net price of what was sold below cost, and cost
of what was scrapped as unsaleable. It is unforeseen as far as the books held less for the same units at the month end
before. Damage, theft and returned goods that were scrapped are running losses, for which nobody reserves by age: they
stand beside.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

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
WRITE_DOWNS = """
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
            end as loss
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
    low, mean, high = connection.execute(STOCK_OVER_TIME.format(since=since)).fetchall()[0]
    print(f"  in two years from {low} to {high}, mean {mean}")
    print("Write-downs of the last two years, and what the books did not foresee of them, in millions")
    *write_downs, running = connection.execute(WRITE_DOWNS.format(since=since)).fetchall()
    total = ("write-downs", sum(row[1] for row in write_downs), sum(row[2] for row in write_downs))
    for kind, loss, unforeseen in (*write_downs, total, running):
        print(f"  {kind:<30}{loss:>8.1f}{unforeseen:>8.1f}")


if __name__ == "__main__":
    main()
