"""What markdown plans made at past month ends would have brought, against holding and against a clearance at the end.

`python benchmarks/markdowns.py "Retailer=retail.duckdb" --demo demo.duckdb --items 2000` prints tables for
docs/planning.md. Each file is a build. Plans are made of what was known at each month end that has an outcome. Then the
months after it are played again under each plan. Of the demo company the generator's truth is replayed: the same wishes
and luck, and each item's own elasticity, which no plan knows. Of a real company nobody knows what another price would
have sold: there the units that were sold are multiplied by the answer to the price, as the price changes *after* the
month end show it, so what is tested is the demand forecast and whether the answer lasts, not the shape of the answer.

Only the stock of the month end counts, first in, first out. Intervals are of items drawn again with all their month
ends (bootstrap), in eight cases of ten and in 95 of 100.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.demo.company import simulated
from inventory_valuation.demo.knobs import Knobs
from inventory_valuation.demo.replay import replay
from inventory_valuation.planning.markdowns import STAGES, markdown_options
from inventory_valuation.planning.price_responses import price_responses
from inventory_valuation.publishing.model_document import markdown_table

Array = NDArray[np.float64]

Trading = tuple[Array, Array]  # net units and net price, by position and month

DRAWS = 2_000
FEWEST = 100  # positions and month ends: of fewer no interval says anything
DEAREST = 3  # times the present price: a month that was dearer on average holds a slip
ACTING = {
    "clear": "cleared at once",
    "mark down": "marked down at once",
    "mark down in stages": "marked down in stages",
}

POSITIONS = """
    select
        nrv.item_id, nrv.location_id, nrv.unit_cost, nrv.expected_write_down_amount > 0 as has_loss_to_come,
        cast(nrv.quantity - nrv.firm_quantity as double) as free_quantity, items.selling_cost_rate,
        least(nrv.unit_recovery, cast(nrv.present_unit_nrv as double) * (1 - clearance_discount_rate))
            as unit_clearance_value,
        least(nrv.unit_recovery, cast(nrv.unit_nrv as double) * (1 - clearance_discount_rate)) as unit_final_value,
        cast(nrv.unit_cost as double) * storage_cost_rate
        + least(cast(nrv.unit_cost as double), cast(nrv.expected_value as double) / cast(nrv.quantity as double))
        * capital_cost_rate as unit_holding_cost,
        markdown_step_rate, deepest_discount_rate, 5.0 as most_demand_multiple, demands.demand_variation,
        0.0 as returnable_quantity, 0.0 as unit_refund,
        cast(nrv.present_unit_nrv as double) / (1 - items.selling_cost_rate) as present_net_price
    from nrv.net_realizable_values as nrv
    inner join core.items as items using (item_id)
    inner join forecasting.int_demand_distributions as demands using (item_id, location_id, valuation_date)
    cross join policy.liquidation_policy as policies
    where valuation_date = $date and nrv.quantity > nrv.firm_quantity and nrv.expected_write_down_amount > 0
        and policies.category = '*'
    order by nrv.item_id, nrv.location_id
"""
MONTHS = """
    select
        item_id, location_id, month_ahead, expected_quantity,
        coalesce(prices.expected_net_price, nrv.expected_net_price) as expected_net_price
    from forecasting.demand_forecasts
    inner join nrv.net_realizable_values as nrv using (item_id, location_id, valuation_date)
    left join forecasting.price_forecasts as prices using (item_id, location_id, valuation_date, month_ahead)
    where valuation_date = $date
    order by item_id, location_id, month_ahead
"""
WEEKS = """
    select * from planning.int_item_weeks
    where (date '2000-01-03' + cast(7 * week_number + 6 as integer) <= $date) = $is_before
"""
DATES = """
    select distinct valuation_date, horizon_months from core.valuation_dates
    inner join nrv.net_realizable_values using (valuation_date) where has_outcome order by valuation_date
"""
SALES = """
    select
        item_id, location_id, valuation_date as period_end,
        cast(sold_quantity - returned_quantity as double) as sold,
        cast(net_amount as double) / nullif(cast(sold_quantity as double), 0) as price
    from core.demand_months where valuation_date > $date and valuation_date <= $end
"""
TAGS = """
    select item_id, max_by(unit_price, valid_from) as tag from core.prices
    where location_id is null and valid_from <= $date and coalesce(valid_to, $date) >= $date group by item_id
"""


class Ways(NamedTuple):
    """What each way brought, by position; money less holding cost, receipts without it. And who it was."""

    item: NDArray[np.str_]
    option: NDArray[np.str_]
    cost: Array
    own: Array
    final: Array
    planned: Array
    expected_gain: Array
    is_sure: NDArray[np.bool_]
    final_receipts: Array
    planned_receipts: Array
    own_left: Array
    planned_left: Array
    own_excess: Array
    planned_excess: Array


def plans_at(connection: duckdb.DuckDBPyConnection, origin: date) -> tuple[pa.Table, pa.Table]:
    """Positions with a loss to come at a month end, and the best plan of each, by what was known then."""
    items = connection.execute("select item_id, category from core.items order by item_id").to_arrow_table()
    weeks = connection.execute(WEEKS, {"date": origin, "is_before": True}).to_arrow_table()
    connection.register("responses", price_responses(weeks, items))
    connection.register("plain", connection.execute(POSITIONS, {"date": origin}).to_arrow_table())
    joined = "select * from plain inner join responses using (item_id) order by item_id, location_id"
    positions = connection.execute(joined).to_arrow_table()
    options = markdown_options(positions, connection.execute(MONTHS, {"date": origin}).to_arrow_table())
    connection.register("options", options)
    best = connection.execute("select * from options where is_best order by item_id, location_id").to_arrow_table()
    return positions, best


def discounts_of(plans: pa.Table, months: int) -> Array:
    """The discount of each position and month."""
    stages = np.stack([numbers(plans, f"{name}_discount_rate") for name in ("first", "second", "last")], axis=1)
    return stages[:, np.minimum(np.arange(months) * STAGES // months, STAGES - 1)]


def value_of(positions: pa.Table, sold: Array, price: Array, gone: Array) -> tuple[Array, ...]:
    """What the stock of the month end brought, first units first and what was left.

    Returns:
        Less holding cost; without it; cost of what was left; holding cost and loss on what customers did not buy.
    """
    stock = numbers(positions, "free_quantity") - gone
    cumulated = np.clip(np.cumsum(sold, axis=1), 0, stock[:, None])
    cumulated = np.maximum.accumulate(cumulated, axis=1)
    units = np.diff(cumulated, axis=1, prepend=0.0)
    proceeds = (units * np.nan_to_num(price)).sum(axis=1) * (1 - numbers(positions, "selling_cost_rate"))
    left = stock - cumulated[:, -1]
    held = (stock[:, None] - cumulated + units / 2).sum(axis=1) * numbers(positions, "unit_holding_cost") / 12
    final = numbers(positions, "unit_final_value")
    at_once = gone * numbers(positions, "unit_clearance_value")
    receipts = proceeds + left * final + at_once
    cost = numbers(positions, "unit_cost")
    return receipts - held, receipts, left * cost, held + (left + gone) * cost - left * final - at_once


def replayed(positions: pa.Table, months: list[date], table: pa.Table) -> tuple[Array, Array]:
    """Net units and net price by position and month of a replay."""
    rows = position_rows(positions, table)
    column = np.searchsorted(np.array(months, "datetime64[D]"), table["period_end"].to_numpy().astype("datetime64[D]"))
    sold, amount = np.zeros((2, len(positions), len(months)))
    here = rows >= 0
    for name, values, sign in (
        ("sold_quantity", sold, 1), ("returned_quantity", sold, -1), ("proceeds", amount, 1), ("refunds", amount, -1),
    ):  # fmt: skip
        np.add.at(values, (rows[here], column[here]), sign * numbers(table, name)[here])
    return sold, np.divide(amount, sold, out=np.zeros_like(amount), where=sold > 0)


def demo_ways(connection: duckdb.DuckDBPyConnection, knobs: Knobs) -> list[Ways]:
    """The generator's truth, replayed under each way."""
    records, world = simulated(knobs)
    found = []
    for origin, horizon in connection.execute(DATES).fetchall():
        months = month_ends(connection, origin, horizon)
        positions, plans = plans_at(connection, origin)
        own = replayed(positions, months, replay(records, world, None, origin, months[-1]))
        depth = numbers(positions, "deepest_discount_rate")
        final = np.where(np.arange(horizon) == horizon - 1, depth[:, None], 0.0)
        planned = discounts_of(plans, horizon)
        ways = [
            replayed(positions, months, replay(records, world, prices_of(connection, positions, cuts, origin, months),
                                               origin, months[-1]))
            for cuts in (final, planned)
        ]  # fmt: skip
        found.append(ways_of(positions, plans, own, *ways))
    return found


def prices_of(
    connection: duckdb.DuckDBPyConnection, positions: pa.Table, discounts: Array, origin: date, months: list[date]
) -> pa.Table:
    """A price plan for the replay: the tag of the month end, as its price was expected to move, less the discount."""
    tags = dict(connection.execute(TAGS, {"date": origin}).fetchall())
    ahead = connection.execute(MONTHS, {"date": origin}).to_arrow_table()
    rows = position_rows(positions, ahead)
    forecast = np.zeros(discounts.shape)
    forecast[rows[rows >= 0], ahead["month_ahead"].to_numpy()[rows >= 0] - 1] = numbers(ahead, "expected_net_price")[
        rows >= 0
    ]
    relative = forecast / numbers(positions, "present_net_price")[:, None]
    items, places = positions["item_id"].to_pylist(), positions["location_id"].to_pylist()
    starts = [origin, *months[:-1]]
    lines = [
        {
            "item_id": items[row], "location_id": places[row], "discount": None,
            "from_date": np.datetime64(starts[month], "D") + 1,
            "price": float(tags[items[row]]) * relative[row, month] * (1 - discounts[row, month])
            if discounts[row, month] > 0 else None,
        }
        for row in np.flatnonzero((discounts > 0).any(axis=1)) if items[row] in tags
        for month in range(len(months))
    ]  # fmt: skip
    kinds = {"item_id": pa.string(), "location_id": pa.string(), "discount": pa.float64(), "price": pa.float64()}
    columns = {name: pa.array([line[name] for line in lines], kind) for name, kind in kinds.items()}
    days = np.array([line["from_date"] for line in lines], "datetime64[D]")
    return pa.table(columns | {"from_date": pa.array(days, pa.date32())})


def company_ways(connection: duckdb.DuckDBPyConnection) -> list[Ways]:
    """What a real company sold, multiplied by the answer to the price that was seen after the month end."""
    items = connection.execute("select item_id, category from core.items order by item_id").to_arrow_table()
    found = []
    for origin, horizon in connection.execute(DATES).fetchall():
        months = month_ends(connection, origin, horizon)
        positions, plans = plans_at(connection, origin)
        later = price_responses(
            connection.execute(WEEKS, {"date": origin, "is_before": False}).to_arrow_table(), items
        ).to_pydict()
        answer = dict(zip(later["item_id"], later["elasticity"], strict=True))
        answers = np.array([answer[item] or 0.0 for item in positions["item_id"].to_pylist()])
        sales = connection.execute(SALES, {"date": origin, "end": months[-1]}).to_arrow_table()
        rows = position_rows(positions, sales)
        column = np.searchsorted(
            np.array(months, "datetime64[D]"), sales["period_end"].to_numpy().astype("datetime64[D]")
        )
        sold, price = np.zeros((2, len(positions), len(months)))
        here = rows >= 0
        sold[rows[here], column[here]] = numbers(sales, "sold")[here]
        price[rows[here], column[here]] = np.nan_to_num(numbers(sales, "price"))[here]
        price = np.minimum(price, DEAREST * numbers(positions, "present_net_price")[:, None])
        depth = numbers(positions, "deepest_discount_rate")
        final = np.where(np.arange(horizon) == horizon - 1, depth[:, None], 0.0)
        ways = [
            (sold * np.minimum((1 - cuts) ** answers[:, None], 5), price * (1 - cuts))
            for cuts in (final, discounts_of(plans, horizon))
        ]
        found.append(ways_of(positions, plans, (sold, price), *ways))
    return found


def ways_of(positions: pa.Table, plans: pa.Table, own: Trading, final: Trading, planned: Trading) -> Ways:
    """Values of all ways; a plan that never cuts a price holds."""
    nothing = np.zeros(len(positions))
    names = np.array(plans["option"].to_pylist(), str)
    held, cleared = value_of(positions, *own, nothing), value_of(positions, *final, nothing)
    by_plan = value_of(positions, *planned, numbers(plans, "cleared_quantity"))
    value, receipts, left, excess = (np.where(names == "hold", *pair) for pair in zip(held, by_plan, strict=True))
    return Ways(
        item=np.array(positions["item_id"].to_pylist(), str),
        option=names,
        cost=numbers(positions, "free_quantity") * numbers(positions, "unit_cost"),
        own=held[0],
        final=cleared[0],
        planned=value,
        expected_gain=numbers(plans, "gain_over_holding_amount"),
        is_sure=numbers(plans, "gain_over_holding_lower_amount") > 0,
        final_receipts=cleared[1],
        planned_receipts=receipts,
        own_left=held[2],
        planned_left=left,
        own_excess=held[3],
        planned_excess=excess,
    )


def interval(ways: Ways, ratio: Callable[[Ways, Array], float], seed: int = 1) -> str:
    """A ratio of sums with the intervals of items drawn again."""
    names, item = np.unique(ways.item, return_inverse=True)
    draws = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), DRAWS)
    seen = np.quantile([ratio(ways, draw[item]) for draw in draws], (0.025, 0.1, 0.9, 0.975))
    low, lower, upper, high = (f"{100 * one:+.1f}" for one in seen)
    return f"{100 * ratio(ways, np.ones(len(item))):+.1f} % ({lower} to {upper}; {low} to {high})"


def table_of(company: str, found: list[Ways]) -> str:
    """What each kind of plan brought, against holding and against a clearance at the end."""
    every = Ways(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    groups = {"all with a loss to come": np.ones(len(every.item), bool)}
    groups |= {name: every.option == option for option, name in ACTING.items()}
    groups["cleared at once, a gain in nine cases of ten"] = (every.option == "clear") & every.is_sure
    lines = []
    for name, here in groups.items():
        some = Ways(*(column[here] for column in every))
        if len(some.item) < FEWEST:
            continue
        lines.append(
            {
                "company": company, "plan": name, "positions and month ends": f"{len(some.item):,}",
                "cost, 1,000": f"{some.cost.sum() / 1e3:,.0f}",
                "held, 1,000": f"{some.own.sum() / 1e3:,.0f}",
                "cleared at the end, 1,000": f"{some.final.sum() / 1e3:,.0f}",
                "planned, 1,000": f"{some.planned.sum() / 1e3:,.0f}",
                "gain expected over holding": f"{100 * some.expected_gain.sum() / some.own.sum():+.1f} %",
                "gain over holding": interval(some, lambda ways, by: by @ ways.planned / (by @ ways.own) - 1),
                "gain over a clearance at the end":
                    interval(some, lambda ways, by: by @ ways.planned / (by @ ways.final) - 1),
                "the same, holding cost left out": interval(
                    some, lambda ways, by: by @ ways.planned_receipts / (by @ ways.final_receipts) - 1
                ),
                "cost of stock left": interval(
                    some, lambda ways, by: by @ ways.planned_left / (by @ ways.own_left) - 1
                ),
                "holding cost and loss on unsold": interval(
                    some, lambda ways, by: by @ ways.planned_excess / (by @ ways.own_excess) - 1
                ),
            }
        )  # fmt: skip
    return markdown_table(list(lines[0]), [list(line.values()) for line in lines])


def month_ends(connection: duckdb.DuckDBPyConnection, origin: date, horizon: int) -> list[date]:
    """The months of the horizon."""
    query = "select valuation_date from core.valuation_dates where valuation_date > ? order by 1 limit ?"
    return [row[0] for row in connection.execute(query, [origin, horizon]).fetchall()]


def position_rows(positions: pa.Table, table: pa.Table) -> NDArray[np.int64]:
    """The position's row for each row of a table, -1 for none."""
    keys = zip(positions["item_id"].to_pylist(), positions["location_id"].to_pylist(), strict=True)
    number = {key: row for row, key in enumerate(keys)}
    rows = zip(table["item_id"].to_pylist(), table["location_id"].to_pylist(), strict=True)
    return np.array([number.get(key, -1) for key in rows], np.int64)


def numbers(table: pa.Table, name: str) -> Array:
    """A column as numbers."""
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("companies", nargs="*", help="name=build file of a real company")
    parser.add_argument("--demo", help="build file of the demo company")
    parser.add_argument("--items", type=int, default=Knobs.items, help="items that it was written with")
    asked = parser.parse_args()
    if asked.demo:
        with duckdb.connect(asked.demo, read_only=True) as connection:
            print(table_of("Demo, its truth replayed", demo_ways(connection, Knobs(items=asked.items))))
            print(table_of("Demo, as a real company", company_ways(connection)))
    for company in asked.companies:
        name, path = company.split("=", 1)
        with duckdb.connect(path, read_only=True) as connection:
            print(table_of(name, company_ways(connection)))


if __name__ == "__main__":
    main()
