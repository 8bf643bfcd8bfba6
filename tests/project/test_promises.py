"""What features, forecasts, estimates and review lists promise, seen on the small company.

None of it is a data test: a legitimate company may break a promise of a forecast, and its books close all the same.
What is odd about its stock stands in `monitoring.position_findings` and raises an alert.
"""

from pathlib import Path

import duckdb
import pytest

PROMISES = sorted(Path(__file__).with_name("promises").glob("*.sql"))
BY_ANOTHER_FORMULATION = (
    *("fifo_issues_consume_the_oldest_layer_first", "fifo_layers_follow_from_cumulative_receipts"),
    *("lifo_layers_follow_from_running_minima", "moving_average_follows_by_recursion"),
)


@pytest.fixture(scope="module")
def built(build):
    with duckdb.connect(build.folder / "build.duckdb", read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("promise", PROMISES, ids=lambda path: path.stem)
def test_the_small_company_keeps_every_promise(built, promise):
    assert built.sql(promise.read_text()).fetchall() == []


@pytest.mark.parametrize("check", BY_ANOTHER_FORMULATION)
def test_costs_by_another_formulation_cover_many_positions(built, build, check):
    """A check that covers nothing proves nothing; that a company has no plain history is no fault of its books."""
    compiled = build.folder / f"target/compiled/inventory_valuation/tests/data/{check}.sql"
    common_tables = compiled.read_text().rsplit("\n)\n\nselect", 1)[0]
    ((count,),) = built.sql(f"{common_tables}\n)\nselect count(*) from plain_positions").fetchall()
    assert count > 10
