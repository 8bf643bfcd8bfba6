"""Whatever a legitimate company is, its build passes with every data test, or a sentence stops it before work.

dbt's own work takes most of a small build: the companies are built one after the other in one process, the data tests
are compiled once, and then asked of each. More companies of each calendar: ODD_COMPANIES=5 pytest -k odd_companies
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb
import pytest
from building import run_jobs
from odd_companies import AMOUNTS, CALENDARS, drawn_companies, quantities, write_odd_company

from inventory_valuation.summary import summary_of

COMPANIES = drawn_companies(int(os.environ.get("ODD_COMPANIES", "1")))
WITHOUT_TESTS = ["build", "--exclude-resource-type", "test", "unit_test"]
# What `check_inputs` says before work; the vars, which stand in what dbt says otherwise, name the folder too.
REFUSAL = re.compile(r"(?s)Error in operation \S+-on-run-start-\d+ [^\n]*\n(.*?)\n\s*> in macro check_inputs")
VARIABLES = {"horizon_months": 2, "train_on_poor_data": True}


@pytest.fixture(scope="module")
def builds(tmp_path_factory) -> tuple[Path, dict[str, dict]]:
    """Where the companies were built, and what dbt answered."""
    folder = tmp_path_factory.mktemp("odd")
    jobs = [
        {
            "name": name,
            "database": str(folder / name / "build.duckdb"),
            "published": str(folder / name / "published.duckdb"),
            "words": WITHOUT_TESTS,
            "variables": {"source_path": str(write_odd_company(company, folder / name / "tables")), **VARIABLES},
        }
        for name, company in COMPANIES.items()
    ]
    jobs.append(jobs[-1] | {"name": "tests", "words": ["compile", "--select", "test_type:data"]})
    return folder, run_jobs(folder, jobs)


def test_the_companies_are_odd_in_every_way():
    goods = [good for company in COMPANIES.values() for good in company.goods]
    assert {good.flow for good in goods} == {flow for calendar in CALENDARS.values() for flow in calendar.flows}
    assert {good.quantity for good in goods} == set(quantities.elements)
    assert {good.amount for good in goods} > set(AMOUNTS) and max(good.amount for good in goods) == 10**13


@pytest.mark.parametrize("name", COMPANIES)
def test_an_odd_company_closes_or_is_told_why_before_work(builds, name):
    folder, answers = builds
    said = answers[name]["said"]
    if refusal := REFUSAL.search(said):
        assert str(folder / name / "tables") in refusal[1], f"{COMPANIES[name]}: no file is named: {refusal[1]}"
        return
    assert answers[name]["success"], f"{COMPANIES[name]}: {said[said.find('Completed with') :][:3000]}"
    compiled = (folder / "target/compiled").rglob("*.sql")
    tests = [path for path in compiled if path.parent.suffix == ".yml" or path.parent.name == "data"]
    assert len(tests) > 200
    with duckdb.connect(folder / name / "build.duckdb") as connection:
        failed = {path.stem: rows for path in tests if (rows := connection.sql(path.read_text()).fetchmany(3))}
        assert "INVENTORY VALUATION" in summary_of(connection, "reports.duckdb")
    assert not failed, f"{failed}: {COMPANIES[name]}"
