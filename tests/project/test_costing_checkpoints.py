"""A month-end build continues from the last one, and holds what a build from nothing holds.

The small company is costed a month early, then, with one document more that turns up late in a closed month, for
the last month; a build from nothing on the same tables stands beside.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from building import run_jobs

CONTINUED, ANEW = "continued", "anew"
TABLES = (
    *("int_costed_movements", "inventory_costs", "in_transit"),
    *("cost_layers", "inventory_ageing", "count_variances", "int_costing_checkpoints"),
)


def add_late_receipt(source: Path, target: Path, day: str) -> str:
    """Copy the input tables with one receipt more, dated in a closed month. Returns its item."""
    target.mkdir()
    connection = duckdb.connect()
    for file in source.glob("*.parquet"):
        query = f"from '{file}'"
        if file.stem == "receipts":
            first = (
                f"(from '{file}' where try_cast(received_at as timestamp) <= timestamp '{day}' order by all limit 1)"
            )
            query = f"from '{file}' union all by name select * replace ('LATE-1' as receipt_id) from {first}"
        connection.execute(f"copy ({query}) to '{target / file.name}' (format parquet)")
    return connection.execute(
        f"select item_id from '{target / 'receipts.parquet'}' where receipt_id = 'LATE-1'"
    ).fetchall()[0][0]


@pytest.fixture(scope="module")
def months(build) -> list[str]:
    """The last month end of the company, and the one before."""
    with duckdb.connect(build.published, read_only=True) as connection:
        dates = connection.execute("select distinct valuation_date from costing.inventory_costs order by 1").fetchall()
    return [str(date) for (date,) in dates[-2:]]


@pytest.fixture(scope="module")
def builds(build, months, tmp_path_factory):
    """Both builds, as catalogs of one connection, and the item whose history changed."""
    folder = tmp_path_factory.mktemp("checkpoints")
    before, last = months
    item = add_late_receipt(build.company, folder / "later", f"{before[:4]}-01-31")
    words = ["build", "--select", "+path:models/costing", "--exclude-resource-type", "test", "unit_test"]
    plan = [(CONTINUED, build.company, before), (CONTINUED, folder / "later", last), (ANEW, folder / "later", last)]
    jobs = [
        {
            "name": f"{name}-{number}",
            "database": str(folder / name / "build.duckdb"),
            "words": words,
            "variables": {"source_path": str(source), "as_of_date": day},
        }
        for number, (name, source, day) in enumerate(plan)
    ]
    for name, answer in run_jobs(folder, jobs).items():
        assert answer["success"], (name, answer["said"][-4000:])
    with duckdb.connect() as connection:
        for name in (CONTINUED, ANEW):
            connection.execute(f"attach '{folder / name / 'build.duckdb'}' as {name} (read_only)")
        yield connection, item


def test_only_the_item_whose_history_changed_was_costed_again(builds, months):
    connection, item = builds
    starts = dict(
        connection.execute(f"select item_id, continues_after from {CONTINUED}.costing.int_costing_starts").fetchall()
    )
    changed = {key for key, date in starts.items() if str(date) != months[0]}
    assert changed == {item} and starts[item] is None
    counts = "select count(*), count(distinct item_id) from {}.costing.int_newly_costed"
    (newly, items), (all_of_them, _) = (connection.execute(counts.format(n)).fetchall()[0] for n in (CONTINUED, ANEW))
    assert items > 10 and newly < all_of_them / 5


@pytest.mark.parametrize("table", TABLES)
def test_a_continued_build_holds_what_a_build_from_nothing_holds(builds, table):
    connection, _ = builds
    columns = connection.execute(
        f"select string_agg(column_name, ', ' order by column_name) from duckdb_columns()"
        f" where database_name = '{ANEW}' and schema_name = 'costing' and table_name = '{table}'"
    ).fetchall()[0][0]
    one, other = (f"select {columns} from {name}.costing.{table}" for name in (CONTINUED, ANEW))
    assert connection.execute(f"select count(*) from ({other})").fetchall()[0][0] > 0
    assert connection.execute(f"({one}) except all ({other}) limit 3").fetchall() == []
    assert connection.execute(f"({other}) except all ({one}) limit 3").fetchall() == []
