"""Small ledgers as people keep them, each with the right values in its README: what is on hand, and what it cost.

The cases are kept outside the project, in ../shared/cases; `pytest tests/project/test_shared_cases.py` judges them all.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from building import ROOT, run_jobs

CASES = ROOT.parent / "shared/cases"
FOLDERS = sorted(path for path in CASES.glob("*") if path.is_dir()) if CASES.exists() else []
ABSENT = pytest.mark.skip(reason=f"the cases are kept outside the project, in {CASES}")
# What is right is a refusal that names the ids; a table of values would be of three articles under one id.
REFUSED = {"spreadsheet_barcodes": "its last digits are lost"}
AS_OF = {"business_run_down": "2024-12-31", "receipts_after_last_sale": "2024-12-31"}


def expected_values(readme: str) -> list[tuple[str, str, str, float, float]]:
    """Item, location, method, quantity and value of each row of a README's tables."""
    number = r"([-+.e\d]+)"
    row = re.compile(rf"^\| (\S+) \| (\S+) \| (?:([a-z_]+) \| )?{number} \| {number} \|", re.MULTILINE)
    return [
        (item, place, method or "fifo", float(quantity), float(value))
        for item, place, method, quantity, value in row.findall(readme)
    ]


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> tuple[Path, dict[str, dict]]:
    """Every case built up to its costs, all in one process."""
    folder = tmp_path_factory.mktemp("cases")
    words = ["build", "--select", "+inventory_costs", "+quarantine", "+row_reconciliation"]
    words += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    jobs = [
        {
            "name": case.name,
            "database": str(folder / case.name / "build.duckdb"),
            "words": words,
            "variables": {"source_path": str(case), "horizon_months": 6},
        }
        for case in FOLDERS
    ]
    return folder, run_jobs(folder, jobs)


@pytest.mark.parametrize("case", FOLDERS or [pytest.param(CASES, marks=ABSENT)], ids=lambda case: case.name)
def test_a_case_comes_out_right(case, answers):
    folder, said = answers
    if case.name in REFUSED:
        assert not said[case.name]["success"]
        assert REFUSED[case.name] in said[case.name]["said"]
        return
    assert said[case.name]["success"], said[case.name]["said"][-3000:]
    with duckdb.connect(str(folder / case.name / "build.duckdb"), read_only=True) as connection:
        latest = connection.execute("select max(valuation_date) from core.valuation_dates").fetchall()[0][0]
        assert str(latest) == AS_OF.get(case.name, str(latest))
        found = {
            row[:3]: row[3:]
            for row in connection.execute(
                "select item_id, location_id, costing_method, cast(quantity as double), cast(cost_value as double)"
                " from costing.inventory_costs where valuation_date = ?",
                [latest],
            ).fetchall()
        }
        quarantined = connection.execute("select table_name, reason, source_row from staging.quarantine").fetchall()
        assert quarantined == []
    expected = expected_values((case / "README.md").read_text())
    assert expected or case.name == "the_word_null"
    for item, place, method, quantity, value in expected:
        assert found[item, place, method] == pytest.approx((quantity, value), rel=0, abs=5.1e-5), (item, place, method)
