"""Doors are closed by default: where nobody is named who may approve, nothing is approved, and it says what to fill."""

from __future__ import annotations

import csv
import shutil

import duckdb
import pytest
from building import ROOT, run_dbt

from inventory_valuation.demo.closing import ACCOUNTANT, CFO, CONTROLLER
from inventory_valuation.summary import summary_of

ROOMS = ("stg_approvers", "governance", "books", "tie_outs", "close_status")
SENTENCE = "nobody is named who may approve: fill the seed approvers with people and their roles"


@pytest.fixture(scope="module")
def closed(build, tmp_path_factory):
    """The small company as it would be had it named nobody, in books of its own."""
    folder = tmp_path_factory.mktemp("closed")
    tables = shutil.copytree(build.company, folder / "tables")
    (tables / "approvers.parquet").unlink()
    shutil.copy(build.folder / "build.duckdb", folder / "build.duckdb")
    words = ("build", "--select", *ROOMS, "--indirect-selection", "cautious")
    code, output = run_dbt(folder, *words, source_path=str(tables), set_of_books="closed doors")
    assert code == 0, output[-6000:]
    with duckdb.connect(folder / "build.duckdb") as connection:
        yield connection


def test_a_fresh_project_names_nobody():
    with (ROOT / "seeds/approvers.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == []


def test_the_demo_company_names_its_own_people(build):
    with duckdb.connect(build.folder / "build.duckdb", read_only=True) as connection:
        holders = connection.execute("select approver, approver_role, named_in from governance.role_holders").fetchall()
        counts = connection.execute("select count(*) from governance.approvals where approval_status = 'holds'")
        assert counts.fetchall()[0][0] > 10
    assert sorted(holders) == sorted((*person, "input table approvers") for person in (CONTROLLER, CFO, ACCOUNTANT))


def test_without_names_nothing_is_approved_and_every_decision_says_what_to_fill(closed):
    assert closed.execute("select count(*) from governance.role_holders").fetchall() == [(0,)]
    found = closed.execute("select approval_status, refusal_reason from governance.approvals").fetchall()
    assert {status for status, _ in found} <= {"refused", "lapsed"}
    assert sum(reason == SENTENCE for _, reason in found) > 10
    assert closed.execute("select distinct is_booked from governance.reserve_decisions").fetchall() == [(False,)]
    assert closed.execute("select count(*) from governance.reserve_decisions").fetchall()[0][0] > 100


def test_the_close_and_the_summary_name_the_seed(closed):
    steps = closed.execute(
        "select next_step from marts.close_status group by next_step, is_latest_period order by is_latest_period"
    ).fetchall()
    assert steps == [("none: the books here begin later",), ("name who may approve in the seed approvers",)]
    waiting = closed.execute("select refusal_reason from marts.close_status where is_latest_period").fetchall()
    assert waiting == [(SENTENCE,)]
    assert "name people and their roles in seeds/approvers.csv" in summary_of(closed, "reports.duckdb")


def test_once_the_seed_names_somebody_it_alone_counts(build, tmp_path):
    shutil.copy(build.folder / "build.duckdb", tmp_path / "build.duckdb")
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("insert into policy.approvers values ('Jo Ek', ' CFO ')")
    code, output = run_dbt(tmp_path, "run", "--select", "role_holders", source_path=str(build.company))
    assert code == 0, output[-3000:]
    with duckdb.connect(tmp_path / "build.duckdb", read_only=True) as connection:
        assert connection.execute("from governance.role_holders").fetchall() == [
            ("joek", "cfo", "Jo Ek", "seed approvers")
        ]
