"""The metrics of the semantic layer are the marts' own figures."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from building import ROOT

BY_CATEGORY = """
    select category, sum(cost_value) as stock_at_cost, sum(booked_amount) as booked_reserve,
        sum(booked_amount) / sum(cost_value) as reserve_rate, sum(model_reserve_amount) as model_reserve
    from marts.reserve_review where is_latest_period group by category
"""
BY_MONTH = """
    select cast(date_trunc('month', period_end) as date) as month, sum(amount) as write_downs
    from marts.rollforward_long where component = 'addition' group by month
"""
FORESEEN = """
    select sum(model_unexpected_at_equal_reserve_amount) / sum(realised_loss) as unexpected_rate_of_model,
        sum(realised_loss) as losses from marts.write_downs_foreseen
"""


@pytest.fixture(scope="module")
def project(build, tmp_path_factory) -> Path:
    """A copy of the project, whose manifest MetricFlow may write."""
    folder = tmp_path_factory.mktemp("semantics") / "project"
    kept = ("models", "seeds", "macros", "docs", "tests", "dbt_project.yml", "profiles.yml")
    folder.mkdir()
    for name in kept:
        (folder / name).symlink_to(ROOT / name)
    (folder / "python").symlink_to(ROOT / "python")
    (folder / "target").mkdir()
    shutil.copy(build.folder / "target/semantic_manifest.json", folder / "target")
    return folder


def asked(build, project, metrics: str, *words: str) -> list[dict[str, str]]:
    """The answer of `mf query` as rows."""
    file = project / "answer.csv"
    command = [Path(sys.executable).with_name("mf"), "query", "--metrics", metrics, *words, "--csv", file]
    environment = os.environ | {"INVENTORY_DB": str(build.folder / "build.duckdb"), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def close(one: str, other: object) -> bool:
    """MetricFlow answers in doubles."""
    return abs(Decimal(one) - Decimal(str(other))) <= Decimal("1e-6") * max(1, abs(Decimal(str(other))))


def test_metrics_are_the_marts_figures(build, project):
    with duckdb.connect(build.folder / "build.duckdb", read_only=True) as connection:
        categories = {row[0]: row[1:] for row in connection.execute(BY_CATEGORY).fetchall()}
        months = dict(connection.execute(BY_MONTH).fetchall())
        foreseen = connection.execute(FORESEEN).fetchone()
        (latest,) = connection.execute("select max(period_end) from marts.reserve_review").fetchone()
    names = ("stock_at_cost", "booked_reserve", "reserve_rate", "model_reserve")
    words = ("--group-by", "position__category", "--start-time", str(latest), "--end-time", str(latest))
    rows = asked(build, project, ",".join(names), *words)
    assert {row["position__category"] for row in rows} == categories.keys()
    for row in rows:
        assert all(
            close(row[name], value) for name, value in zip(names, categories[row["position__category"]], strict=True)
        )
    rows = asked(build, project, "write_downs", "--group-by", "metric_time__month")
    assert len(rows) == len(months)
    assert all(close(row["write_downs"], months[_day(row["metric_time__month"])]) for row in rows)
    (row,) = asked(build, project, "unexpected_rate_of_model,losses")
    assert close(row["unexpected_rate_of_model"], foreseen[0]) and close(row["losses"], foreseen[1])


def _day(text: str) -> object:
    from datetime import date

    return date.fromisoformat(text[:10])
