"""No documented value of a var and no right policy breaks a build.

What a unit test expects must not hang on a var: that is told from the parsed project. That models, data tests and the
summary hold under every value is seen in whole builds of a tiny company, in four combinations that hold every value,
with the seeds as they come, with a row more and with a row less. Every pair of values takes 24 builds, a quarter of an
hour: VARS=pairs pytest tests/project/test_vars.py
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
from building import ROOT, project_variables, run_jobs, write_company
from covering import covering_settings
from other_policies import month_end_before, with_a_row_less, with_a_row_more, write_seeds

from inventory_valuation.policies.checking import read_policies
from inventory_valuation.sources.variables import CHOICES, CHOICES_OR_NONE, SWITCHES, faults_of_variables
from inventory_valuation.summary import summary_of

LAST = date(2026, 6, 30)
PILOT = "Audio"
VALUES: dict[str, list[object]] = {
    **{name: list(values) for name, values in CHOICES.items()},
    **{name: [None, *values] for name, values in CHOICES_OR_NONE.items()},
    **{name: [False, True] for name in SWITCHES},
    "horizon_months": [3, 1, 12, 36],
    "fiscal_year_start_month": [1, 7, 12],
    "as_of_date": [None, "2026-05-31", "2026-06-17"],
    "renew_proposals": [None, "2026-06-30"],
    "pilot_category": [None, PILOT],
    "reporting_currency": [None, "usd"],
    "set_of_books": [None, "O'Brien's books"],
}
# Where the tables stand and how, and with which seeds.
SURROUNDINGS = {"delivery": ["Parquet", "text"], "seeds": ["as they come", "a row more", "a row less"]}
FORBIDDEN = [
    {"accounting_framework": "ifrs", "costing_method": "lifo"},
    {"accounting_framework": "ifrs", "unit_of_account": "category"},
]
BUILDS = None if os.environ.get("VARS") == "pairs" else 4
SETTINGS = covering_settings(VALUES | SURROUNDINGS, FORBIDDEN, BUILDS)
# What names a company or its books is no policy: no model does anything else by it.
NAMES = {"set_of_books", "source_path", "source_schema"}
_READS = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")
_READS_ANY = re.compile(r"\bvar\(\s*[a-z]")


def test_every_var_is_tried():
    assert set(VALUES) | {"source_path", "source_schema"} == set(project_variables())


def test_the_combinations_hold_every_value_and_every_pair_if_asked():
    for name, values in (VALUES | SURROUNDINGS).items():
        assert {str(setting[name]) for setting in SETTINGS} == {str(value) for value in values}, name
    pairs = covering_settings(VALUES | SURROUNDINGS, FORBIDDEN, None)
    met = {(row["costing_method"], row["unit_of_account"], row["accounting_framework"]) for row in pairs}
    assert {(method, unit) for method, unit, _ in met} == {
        (method, unit) for method in VALUES["costing_method"] for unit in VALUES["unit_of_account"]
    }
    assert not [row for row in met if row[2] == "ifrs" and (row[0] == "lifo" or row[1] == "category")]
    assert len(pairs) < 30


@pytest.mark.parametrize("name", sorted(VALUES))
def test_every_value_is_taken(name):
    for value in [*VALUES[name], *(range(1, 37) if name == "horizon_months" else [])]:
        assert list(faults_of_variables(project_variables(**{name: value}))) == [], value


def test_no_unit_test_hangs_on_a_var(manifest):
    """A var that a model reads, by itself or by a macro, is set by each of its unit tests."""
    macros = manifest["macros"]
    own = {key: node for key, node in macros.items() if node["package_name"] == "inventory_valuation"}

    def read_by(text: str) -> set[str]:
        return set(_READS.findall(text)) | ({"any"} if _READS_ANY.search(text) else set())

    def read_by_macro(key: str, seen: set[str]) -> set[str]:
        if key not in own or key in seen:
            return set()
        seen.add(key)
        further = [read_by_macro(other, seen) for other in own[key]["depends_on"]["macros"]]
        return read_by(own[key]["macro_sql"]).union(*further)

    models = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    unset = {}
    for test in manifest["unit_tests"].values():
        model, overrides = models[test["model"]], test.get("overrides") or {}
        seen = {key for key in own if own[key]["name"] in (overrides.get("macros") or {})}
        read = read_by(model["raw_code"]).union(*(read_by_macro(key, seen) for key in model["depends_on"]["macros"]))
        told = overrides.get("vars") or {}
        if missing := read - NAMES - told.keys():
            unset[test["name"]] = missing
    assert unset == {}


def test_nothing_that_is_parsed_hangs_on_a_var():
    """The project is parsed once for all vars: what a build reads of them, it reads in SQL."""
    for path in sorted((ROOT / "models").rglob("*.yml")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert "var(" not in line, f"{path.name}:{number}"


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> dict[str, Path]:
    """A tiny company, as Parquet and with some of its tables as text of a German spreadsheet."""
    folder = tmp_path_factory.mktemp("tiny")
    tables = write_company(folder / "Parquet", "--items", "12", "--locations", "2", "--months", "14")
    (folder / "text").mkdir()
    with duckdb.connect() as connection:
        for path in sorted(tables.glob("*.parquet")):
            if path.stem not in ("receipts", "sales", "stock_adjustments"):
                (folder / "text" / path.name).write_bytes(path.read_bytes())
                continue
            columns = connection.execute(f"describe from '{path}'").fetchall()
            written = ", ".join(f"{_as_text(name, kind)} as {name}" for name, kind, *_ in columns)
            target = folder / "text" / f"{path.stem}.csv"
            connection.execute(f"copy (select {written} from '{path}') to '{target}' (header, delimiter ';')")
    return {name: folder / name for name in SURROUNDINGS["delivery"]}


def _as_text(name: str, kind: str) -> str:
    if kind.startswith(("DECIMAL", "DOUBLE")):
        return f"replace(cast(cast({name} as decimal(18, 2)) as varchar), '.', ',')"
    return f"strftime({name}, '%d.%m.%Y %H:%M:%S')" if kind.startswith("TIMESTAMP") else name


@pytest.fixture(scope="module")
def seeds(company, tmp_path_factory) -> dict[str, Path]:
    """The seeds, as they come and otherwise."""
    folder = tmp_path_factory.mktemp("seeds")
    with duckdb.connect() as connection:
        item, supplier = connection.execute(
            f"select trim(min(item_id)), trim(min_by(supplier_id, item_id)) "
            f"from '{company['Parquet'] / 'items.parquet'}' where category = '{PILOT}'"
        ).fetchall()[0]
        (location,) = connection.execute(
            f"select trim(min(location_id)) from '{company['Parquet'] / 'locations.parquet'}'"
        ).fetchall()[0]
    return {
        "as they come": ROOT,
        "a row more": write_seeds(
            folder / "more", with_a_row_more(item, supplier, location, PILOT, month_end_before(LAST, 1))
        ),
        "a row less": write_seeds(folder / "less", with_a_row_less()),
    }


@pytest.fixture(scope="module")
def builds(company, seeds, tmp_path_factory) -> tuple[Path, dict[str, dict]]:
    """Where the company was built under each combination, and what dbt answered."""
    folder = tmp_path_factory.mktemp("vars")
    jobs = []
    for number, setting in enumerate(SETTINGS):
        place = folder / str(number)
        variables = {name: value for name, value in setting.items() if name in VALUES}
        job = {
            "name": str(number),
            "database": str(place / "build.duckdb"),
            "published": str(place / "published.duckdb"),
            "target": str(place / "target"),
            "words": ["build", "--exclude-resource-type", "test", "unit_test"],
            "variables": {"source_path": str(company[setting["delivery"]]), **variables},
            "seeds": str(seeds[setting["seeds"]]),
        }
        compiled = {"name": f"tests of {number}", "words": ["compile", "--select", "test_type:data"]}
        jobs += [job, job | compiled]
    return folder, run_jobs(folder, jobs)


def test_the_other_policies_are_right_and_are_others(seeds):
    for name in ("a row more", "a row less"):
        paths = {path.stem: path for path in (seeds[name] / "seeds").glob("*.csv")}
        assert read_policies(paths)[1] == []
        for other, path in paths.items():
            lengths = [len(file.read_text().splitlines()) for file in (ROOT / f"seeds/{other}.csv", path)]
            assert other == "fiscal_calendar" or lengths[1] - lengths[0] in (
                (0, 1) if name == "a row more" else (0, -1)
            )


@pytest.mark.parametrize("number", range(len(SETTINGS)))
def test_a_company_closes_under_every_value_of_every_var(builds, number):
    folder, answers = builds
    said = answers[str(number)]["said"]
    assert answers[str(number)]["success"], f"{SETTINGS[number]}: {said[said.find('Completed with') :][:3000]}"
    compiled = (folder / str(number) / "target/compiled").rglob("*.sql")
    tests = [path for path in compiled if path.parent.suffix == ".yml" or path.parent.name == "data"]
    assert len(tests) > 200
    with duckdb.connect(folder / str(number) / "build.duckdb") as connection:
        failed = {path.stem: rows for path in tests if (rows := connection.sql(path.read_text()).fetchmany(3))}
        assert "INVENTORY VALUATION" in summary_of(connection, "reports.duckdb")
        shown = connection.execute("select distinct framework, currency from marts.reserve_review").fetchall()
    assert not failed, f"{failed}: {SETTINGS[number]}"
    assert shown == [(SETTINGS[number]["accounting_framework"], "USD")]
