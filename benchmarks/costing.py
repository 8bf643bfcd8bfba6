"""How fast stock is costed: from the ledger to inventory costs, by stage and size of the ledger.

`python benchmarks/costing.py --movements 10000000` invents the ledger of 12,000 items in 4 locations over
36 months and measures, each size in processes of its own:

- the kernel alone (`inventory_valuation.costing.costs`), stage by stage, on a ledger in memory;
- dbt on the same ledger in a DuckDB file: from `movements` to `inventory_costs`, then to `cost_layers`;
- a plain loop over 200,000 movements, one at a time, moving average only, as a yardstick.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import feather

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "python"))

from inventory_valuation.costing import costs  # noqa: E402
from inventory_valuation.costing.ledger import read_ledger  # noqa: E402
from inventory_valuation.exact import MONEY, MONEY_UNIT, QUANTITY, QUANTITY_UNIT, to_decimals  # noqa: E402

ITEMS, LOCATIONS, DAYS = 12_000, 4, 1_096
FIRST_DAY = 19_358  # 2023-01-01, in days since 1970
PARTS = (0.1, 0.25, 0.5, 1.0)  # of the largest ledger
YARDSTICK = 200_000
MEAN_SALE = 2.0
MONTH_ENDS = np.arange("2023-02", "2026-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int32) - 1
REQUIRED_TABLES = {
    "items": "item_id,description,category\nITEM-00000,Lamp,Lamps\n",
    "locations": "location_id\nLOC-0\n",
    "receipts": "receipt_id,line_no,item_id,location_id,received_at,quantity,unit_cost\n"
    "1,1,ITEM-00000,LOC-0,2023-01-01,1,1\n",
    "sales": "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price\n"
    "1,1,ITEM-00000,LOC-0,2023-01-02,1,2\n2,1,ITEM-00000,LOC-0,2023-01-31,1,2\n",
}
COSTS = ("int_pooled_movements", "int_costs_and_layers", "int_costed_movements", "issue_costs", "inventory_costs")
LAYERS = ("cost_layers", "inventory_ageing")
SEEDS = ("ageing_policy",)
SHARES = {
    "receipt": 0.08,
    "customer_return": 0.05,
    "transfer_out": 0.03,
    "transfer_in": 0.03,
    "adjustment_in": 0.01,
    "cost_adjustment": 0.01,
    "adjustment_out": 0.02,
    "supplier_return": 0.005,
    "return_scrap": 0.01,
}
# Order within a day: into stock before out of it, but nothing before what it follows.
PRECEDENCE = {"opening": 0, "receipt": 1, "adjustment_in": 2, "transfer_in": 6, "return_scrap": 6}
_FOLLOWS = 5
_OTHER = 4

Rows = dict[str, NDArray]


def write_ledger(movements: int, seed: int = 7) -> pa.Table:
    """A ledger of every kind of movement, in the order of `movement_number`; its links hold."""
    draw = np.random.default_rng(seed)
    counts = {"opening": ITEMS * LOCATIONS} | {kind: int(share * movements) for kind, share in SHARES.items()}
    counts["sale"] = movements - sum(counts.values())
    popularity = draw.pareto(1.2, ITEMS) + 0.2
    popularity /= popularity.sum()
    unit_costs = draw.lognormal(2.5, 1.0, ITEMS)
    mean_receipt = MEAN_SALE * counts["sale"] / counts["receipt"]

    def rows(kind: str, mean: float, sign: int = 1, has_cost: bool = False) -> Rows:
        count = counts[kind]
        item = draw.choice(ITEMS, count, p=popularity)
        quantity = draw.geometric(1 / mean, count) * QUANTITY_UNIT
        cost = unit_costs[item] * draw.uniform(0.85, 1.15, count) * quantity / QUANTITY_UNIT * MONEY_UNIT
        return {
            "item": item,
            "place": draw.integers(0, LOCATIONS, count),
            "day": draw.integers(1, DAYS, count),
            "quantity": sign * quantity,
            "amount": np.round(cost).astype(np.int64) if has_cost else np.full(count, -1),
            "link": np.full(count, -1),
        }

    def followers(kind: str, followed: str, delay: int, **changes: NDArray | int) -> Rows:
        """Rows that follow others, each of them once at most, some days later."""
        chosen = draw.choice(counts[followed], counts[kind], replace=False)
        found = {name: column[chosen] for name, column in documents[followed].items()}
        found["day"] = np.minimum(found["day"] + draw.integers(0, delay, len(chosen)), DAYS)
        start = sum(counts[name] for name in list(documents)[: list(documents).index(followed)])
        return found | {"link": start + chosen, "amount": np.full(len(chosen), -1)} | changes

    documents: dict[str, Rows] = {}
    documents["opening"] = _opening(popularity * counts["sale"] * MEAN_SALE / LOCATIONS, unit_costs)
    documents["receipt"] = rows("receipt", mean_receipt, has_cost=True)
    documents["sale"] = rows("sale", MEAN_SALE, -1)
    documents["transfer_out"] = rows("transfer_out", mean_receipt / 4, -1)
    documents["adjustment_in"] = rows("adjustment_in", MEAN_SALE)
    documents["adjustment_out"] = rows("adjustment_out", MEAN_SALE, -1)
    documents["supplier_return"] = rows("supplier_return", MEAN_SALE, -1)
    documents["customer_return"] = followers("customer_return", "sale", 30)
    documents["customer_return"]["quantity"] *= -1
    documents["return_scrap"] = followers("return_scrap", "customer_return", 1)
    documents["return_scrap"]["quantity"] *= -1
    arrived = followers("transfer_in", "transfer_out", 12)
    arrived["place"] = (arrived["place"] + draw.integers(1, LOCATIONS, counts["transfer_in"])) % LOCATIONS
    arrived["quantity"] *= -1
    documents["transfer_in"] = arrived
    late = followers("cost_adjustment", "receipt", 60)
    late["amount"] = unit_costs[late["item"]] * late["quantity"] * draw.uniform(-0.02, 0.1, counts["cost_adjustment"])
    late["amount"] = np.round(np.abs(late["amount"]) / QUANTITY_UNIT * MONEY_UNIT).astype(np.int64)
    late["quantity"] = np.zeros(counts["cost_adjustment"], int)
    documents["cost_adjustment"] = late
    return _numbered(documents)


def _opening(demand: NDArray, unit_costs: NDArray) -> Rows:
    """One layer at every position: what sells there in half of the time."""
    quantity = np.repeat(demand // 2 + 10, LOCATIONS).astype(np.int64) * QUANTITY_UNIT
    return {
        "item": np.repeat(np.arange(ITEMS), LOCATIONS),
        "place": np.tile(np.arange(LOCATIONS), ITEMS),
        "day": np.zeros(ITEMS * LOCATIONS, int),
        "quantity": quantity,
        "amount": np.round(np.repeat(unit_costs, LOCATIONS) * quantity / QUANTITY_UNIT * MONEY_UNIT).astype(np.int64),
        "link": np.full(ITEMS * LOCATIONS, -1),
    }


def _numbered(documents: dict[str, Rows]) -> pa.Table:
    """All documents in the order of the ledger."""
    kinds = list(documents)
    flat = {name: np.concatenate([rows[name] for rows in documents.values()]) for name in documents["sale"]}
    kind = np.repeat(np.arange(len(kinds)), [len(rows["item"]) for rows in documents.values()])
    follows = np.where(flat["link"] >= 0, _FOLLOWS, _OTHER)
    precedence = np.array([PRECEDENCE.get(name, -1) for name in kinds])[kind]
    order = np.lexsort((np.where(precedence < 0, follows, precedence), flat["day"]))
    size = len(order)
    number_of = np.empty(size, np.int64)
    number_of[order] = np.arange(1, size + 1)
    flat = {name: column[order] for name, column in flat.items()}
    days = pa.array((FIRST_DAY + flat["day"]).astype(np.int32)).cast(pa.date32())
    amounts = to_decimals(flat["amount"], MONEY)
    return pa.table(
        {
            "movement_number": np.arange(1, size + 1),
            "movement_type": _texts(kind[order], kinds),
            "item_id": _texts(flat["item"], [f"ITEM-{number:05d}" for number in range(ITEMS)]),
            "location_id": _texts(flat["place"], [f"LOC-{number}" for number in range(LOCATIONS)]),
            "posted_on": days,
            "received_on": days,
            "quantity_change": to_decimals(flat["quantity"], QUANTITY),
            "cost_amount": pc.if_else(pa.array(flat["amount"] >= 0), amounts, pa.scalar(None, amounts.type)),
            "linked_movement_number": pa.array(number_of[flat["link"]], mask=flat["link"] < 0),
        }
    )


def _texts(codes: NDArray, names: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(codes.astype(np.int32), names).cast(pa.string())


def write_standards() -> pa.Table:
    """A standard cost for nine items in ten."""
    costs = np.random.default_rng(8).lognormal(2.5, 1.0, ITEMS) * MONEY_UNIT
    has_cost = np.arange(ITEMS) % 10 != 0
    items = [f"ITEM-{number:05d}" for number in range(ITEMS)]
    standards = to_decimals(costs.astype(np.int64), MONEY)
    return pa.table(
        {
            "item_id": items,
            "standard_cost": pc.if_else(pa.array(has_cost), standards, pa.scalar(None, standards.type)),
        }
    )


def timed(lines: list[dict], stage: str, rows: int, work: Callable[[], Any]) -> Any:  # noqa: ANN401
    """The result of a stage, whose line is added to the table."""
    start, cpu_start = time.perf_counter(), time.process_time()
    result = work()
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    line = {"stage": stage, "rows": rows, "seconds": seconds, "cpu_seconds": cpu_seconds}
    lines.append(line | {"gigabytes": peak_gigabytes()})
    return result


def measure_kernel(ledger_file: Path) -> list[dict]:
    """Stages of the kernel on a ledger in memory; numba's compiled code is warm."""
    table, standards = feather.read_table(ledger_file, memory_map=False), write_standards()
    dates = pa.table({"valuation_date": pa.array(MONTH_ENDS).cast(pa.date32())})
    unpooled = table.slice(0, 0)
    costs.costs_and_layers(table.slice(0, 1_000), unpooled, dates, standards)
    size, lines = len(table), []
    ledger = timed(lines, "read, group by item", size, lambda: read_ledger(table))
    known = costs._standards(standards, ledger.items)
    for method, name in enumerate(costs.COSTING_METHODS[:3]):
        timed(lines, f"kernel, {name}", size, partial(costs._run, method, ledger, known))
    timed(lines, "kernel, standard", size, partial(costs._cost_standard, ledger, known))
    del ledger
    timed(lines, "four methods, Arrow to Arrow", size, lambda: costs.costs_side_by_side(table, standards))
    work = partial(costs.costs_and_layers, table, unpooled, dates, standards)
    timed(lines, "four methods and layers, Arrow to Arrow", size, work)
    return lines


def measure_dbt(ledger_file: Path) -> list[dict]:
    """Models from the ledger to inventory costs, and to layers, as dbt builds them in a DuckDB file."""
    folder = ledger_file.parent
    lines = []
    for part, dates in (("all", MONTH_ENDS[:-1]), ("last month", MONTH_ENDS)):
        movements = write_company(ledger_file, dates)
        for models in (COSTS, LAYERS):
            times, cpu_seconds, gigabytes = run_dbt(folder, (*SEEDS, *models))
            line = {"rows": movements, "cpu_seconds": None, "gigabytes": gigabytes}
            for model in models:
                start, end = times[model]
                lines.append(line | {"stage": f"dbt, {part}, {model}", "seconds": end - start})
            # Two models at a time: from the start of the first to the end of the last; the CPU is that of all of dbt.
            start, end = min(times[model][0] for model in models), max(times[model][1] for model in models)
            stage = {"stage": f"dbt, {part}, up to {models[-1]}", "seconds": end - start}
            lines.append(line | stage | {"cpu_seconds": cpu_seconds})
    return lines


def write_company(ledger_file: Path, month_ends: NDArray) -> int:
    """A DuckDB file that holds the ledger up to the last of some month ends. Returns its size.

    The files that dbt looks for before any work stand beside it.
    """
    dates = pa.array(month_ends).cast(pa.date32())
    ledger = feather.read_table(ledger_file, memory_map=False)
    tables = {
        "movements": ledger.filter(pc.less_equal(ledger["posted_on"], dates[-1])),
        "items": write_standards(),
        "valuation_dates": pa.table({"valuation_date": dates}),
    }
    with duckdb.connect(str(ledger_file.with_name("build.duckdb"))) as connection:
        connection.execute("create schema if not exists core")
        for name, table in tables.items():
            connection.register("given", table)
            connection.execute(f"create or replace table core.{name} as select * from given")
            connection.unregister("given")
    for name, content in REQUIRED_TABLES.items():
        ledger_file.with_name(f"{name}.csv").write_text(content)
    return len(tables["movements"])


def run_dbt(folder: Path, models: tuple[str, ...]) -> tuple[dict[str, tuple[float, float]], float, float]:
    """When each model started and ended, in seconds since 1970, and the CPU and the peak memory of the process."""
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("dbt"),
            *(
                "build",
                "--exclude-resource-type",
                "test",
                "unit_test",
                "--select",
                *models,
                "--vars",
                json.dumps({"source_path": str(folder)}),
            ),
            *("--target-path", folder / "target", "--log-path", folder / "logs"),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "INVENTORY_DB": str(folder / "build.duckdb"),
            "INVENTORY_PUBLISHED_DB": str(folder / "published.duckdb"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(output[-3000:])
    results = json.loads((folder / "target/run_results.json").read_text())["results"]
    times = {
        result["unique_id"].split(".")[-1]: tuple(
            datetime.fromisoformat(timing[moment]).timestamp()
            for timing, moment in ((result["timing"][0], "started_at"), (result["timing"][-1], "completed_at"))
        )
        for result in results
        if result["timing"]
    }
    return times, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def measure_yardstick() -> list[dict]:
    """A moving average, one movement at a time, in decimals: what an ERP does, without its database."""
    ledger = write_ledger(10 * YARDSTICK)
    columns = ("movement_type", "item_id", "location_id", "quantity_change", "cost_amount", "linked_movement_number")
    ledger = ledger.filter(pc.equal(pc.utf8_slice_codeunits(ledger["item_id"], -1), "0"))
    rows = list(zip(*(ledger[name].to_pylist() for name in ("movement_number", *columns)), strict=True))
    lines: list[dict] = []
    timed(lines, "plain loop, average only", len(rows), lambda: average_one_by_one(rows))
    return [line | {"gigabytes": None} for line in lines]


def average_one_by_one(rows: list[tuple]) -> Decimal:
    """Value of the stock after all movements."""
    stock: dict[tuple, list] = {}
    costs: dict[int, Decimal] = {}
    cent = Decimal("0.0001")
    for number, kind, item, place, quantity, cost, link in rows:
        on_hand = stock.setdefault((item, place), [Decimal(0), Decimal(0), Decimal(0)])
        if quantity > 0:
            if kind in ("customer_return", "transfer_in") and link in costs:
                cost = costs[link]
            elif cost is None:
                cost = (on_hand[2] * quantity).quantize(cent)
            on_hand[0] += quantity
            on_hand[1] += cost
        elif quantity < 0:
            cost = (on_hand[2] * -quantity).quantize(cent)
            on_hand[0] += quantity
            on_hand[1] -= cost
        else:
            on_hand[1] += cost
        if on_hand[0] > 0:
            on_hand[2] = on_hand[1] / on_hand[0]
        costs[number] = cost
    return sum(value for _, value, _ in stock.values())


def peak_gigabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def show(lines: list[dict]) -> None:
    """Print a Markdown table."""
    print("| movements | stage | seconds | CPU seconds | million movements a second | peak GB |")
    print("|---:|---|---:|---:|---:|---:|")
    for line in lines:
        rows, seconds = line["rows"], line["seconds"]
        cpu, peak = ("" if line[name] is None else f"{line[name]:.2f}" for name in ("cpu_seconds", "gigabytes"))
        print(f"| {rows:,} | {line['stage']} | {seconds:.2f} | {cpu} | {rows / seconds / 1e6:.2f} | {peak} |")


def measure(part: str, movements: int, folder: Path) -> list[dict]:
    """Measure a part in a process of its own, so that one's memory is not another's."""
    command = [sys.executable, __file__, "--part", part, "--movements", str(movements), "--folder", folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure every size, or, in a process of its own, one part of one size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--movements", type=int, default=10_000_000, help="size of the largest ledger")
    parser.add_argument("--largest-only", action="store_true", help="leave the smaller ledgers out")
    parser.add_argument("--part", choices=["ledger", "kernel", "dbt", "yardstick"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part is None:
        lines = measure("yardstick", YARDSTICK, Path())
        for part in PARTS[-1:] if arguments.largest_only else PARTS:
            size = int(arguments.movements * part)
            with tempfile.TemporaryDirectory() as folder:
                for stage in ("ledger", "kernel", "dbt"):
                    lines += measure(stage, size, Path(folder))
        print(f"{os.cpu_count()} cores")
        show(lines)
        return
    ledger_file = arguments.folder / "ledger.arrow"
    if arguments.part == "ledger":
        feather.write_feather(write_ledger(arguments.movements), str(ledger_file))
    measures = {
        "ledger": list,
        "kernel": partial(measure_kernel, ledger_file),
        "dbt": partial(measure_dbt, ledger_file),
        "yardstick": measure_yardstick,
    }
    print(json.dumps(measures[arguments.part]()))


if __name__ == "__main__":
    main()
