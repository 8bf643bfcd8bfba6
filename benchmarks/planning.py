"""What each way of ordering would have cost: history of whole builds played again.

`python benchmarks/planning.py "Title=build.duckdb" …` prints the tables on reordering of docs/planning.md. Beside the
four policies of the build stand the company's own stock, and the newsvendor that does not see write-downs coming.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.planning.levels import expected_unsold
from inventory_valuation.planning.ordering import newsvendor
from inventory_valuation.planning.positions import history_of, horizon_of
from inventory_valuation.planning.replays import (
    Past,
    Replay,
    halves_of,
    levels_of,
    past_of,
    replayed,
    valued_by,
)
from inventory_valuation.publishing.model_document import markdown_table

Array = NDArray[np.float64]

NAMES = {
    "own": "the company's own stock",
    "blind": "newsvendor that sees no write-downs",
    "newsvendor": "newsvendor",
    "tuned_quantile": "tuned quantile",
    "exact_levels": "exact levels (s, S)",
    "learned": "learned",
}
_SURE = 1.96


def tables_of(build: Path) -> tuple[pa.Table, pa.Table, pa.Table]:
    """What the models of a build give."""
    with duckdb.connect(str(build), read_only=True) as connection:
        return tuple(
            connection.table(name).order(order).to_arrow_table()
            for name, order in (
                ("planning.int_reorder_positions", "item_id, location_id, valuation_date"),
                ("forecasting.int_month_shares", "category, valuation_date, month_ahead"),
                ("planning.int_demand_weeks", "item_id, location_id, weeks_before"),
            )
        )


def replays_of(past: Past, weeks: pa.Table) -> dict[str, Replay]:
    """Every policy over the second half of the past, with what it learned in the first."""
    middle, last = halves_of(past)
    blind = [newsvendor(date._replace(unsold_loss=0 * date.unsold_loss)) for date in past.dates[middle:last]]
    levels = {"blind": blind} | levels_of(past, middle, last)
    return {"own": own_replay(past, weeks, middle, last)} | replayed(past, middle, last, levels)


def own_replay(past: Past, weeks: pa.Table, first: int, last: int) -> Replay:
    """What the company's own stock cost by the same measures, but for its orders, which are not counted."""
    positions = valued_by(past.dates[first : last + 1])
    span = slice(past.starts[last] + 1, past.starts[first] + 1)
    history = history_of(weeks, past.names)
    asked, stock = past.asked[span].sum(axis=0), np.maximum(history.stock[span], 0)
    sold = np.minimum(np.maximum(history.sold + history.drawn, 0)[span].sum(axis=0), asked)
    ending = np.where(past.dates[last].unit_cost > 0, past.dates[last].on_hand + past.dates[last].on_order, stock[0])
    return Replay(
        positions.held * stock.sum(axis=0),
        positions.margin * (asked - sold),
        np.zeros_like(asked),
        positions.unsold_loss * expected_unsold(ending, horizon_of(positions)),
        positions.unit_cost * stock.mean(axis=0),
        asked,
        sold,
    )


def total_rows(replays: dict[str, Replay]) -> list[list[str]]:
    """What each would have cost in all, and how much more than the newsvendor, with its interval."""
    rows = []
    for name, replay in replays.items():
        difference = replay.cost() - replays["newsvendor"].cost()
        spread = _SURE * np.sqrt(len(difference)) * difference.std(ddof=1)
        kinds = (replay.cost(), replay.holding, replay.lost_margin, replay.ordering, replay.write_down, replay.stock)
        rows.append(
            [
                NAMES[name],
                *(f"{kind.sum():,.0f}" for kind in kinds),
                f"{replay.sold.sum() / replay.demand.sum():.1%}",
                "" if name == "newsvendor" else f"{difference.sum():+,.0f} ± {spread:,.0f}",
            ]
        )
    return rows


def segment_rows(past: Past, replays: dict[str, Replay]) -> list[list[str]]:
    """How much more each policy would have cost than the newsvendor, by segment."""
    policies = [name for name in replays if name not in ("own", "newsvendor")]
    rows = []
    for segment in np.unique(past.segments):
        chosen = past.segments == segment
        if chosen.sum() < 2:
            continue
        cost = replays["newsvendor"].cost()[chosen]
        row = [str(segment), f"{chosen.sum():,}", f"{cost.sum():,.0f}"]
        for name in policies:
            difference = replays[name].cost()[chosen] - cost
            spread = _SURE * np.sqrt(len(difference)) * difference.std(ddof=1)
            row.append(f"{difference.sum():+,.0f} ± {spread:,.0f}")
        rows.append(row)
    return rows


def main() -> None:
    """Print the tables of each build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("builds", nargs="+", help="Title=build.duckdb")
    for build in parser.parse_args().builds:
        title, path = build.split("=", 1)
        positions, months, weeks = tables_of(Path(path))
        past = past_of(positions, months, weeks)
        replays = replays_of(past, weeks)
        count = past.starts[(len(past.dates) - 1) // 2] - past.starts[-1]
        kinds = ["cost", "holding", "lost margins", "orders", "write-downs", "average stock", "served"]
        print(f"### {title}: {len(past.names):,} positions, {count} weeks\n")
        print(markdown_table(["policy", *kinds, "more than the newsvendor"], total_rows(replays)), "\n")
        columns = [
            "segment",
            "positions",
            "newsvendor",
            *(NAMES[name] for name in list(replays)[1:] if name != "newsvendor"),
        ]
        print(markdown_table(columns, segment_rows(past, replays)), "\n")


if __name__ == "__main__":
    main()
