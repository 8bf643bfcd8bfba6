"""What is wrong with vars or files stops a build before any work, in a sentence that names it and the mend."""

import shutil

import duckdb
import pytest
from building import run_jobs


def without_table(company, folder):
    (folder / "sales.parquet").unlink()


def without_column(company, folder):
    file = folder / "sales.parquet"
    duckdb.sql(f"copy (select * exclude (sold_at) from '{company / 'sales.parquet'}') to '{file}'")


def without_any_table(company, folder):
    shutil.rmtree(folder)
    folder.mkdir()


def without_regions(company, folder):
    file = folder / "locations.parquet"
    duckdb.sql(f"copy (select * exclude (region) from '{company / 'locations.parquet'}') to '{file}'")


def untouched(company, folder):
    pass


# What is changed in the files, the vars, and what the sentence says.
CASES = [
    (without_table, {}, ["required table sales is absent", "put", "in place"]),
    (without_column, {}, ["column sold_at is missing from", "sales.parquet", "add the column"]),
    (without_any_table, {}, ["is missing or holds no input table", "make demo", "source_path"]),
    (untouched, {"source_schema": "nowhere"}, ["schema 'nowhere'", "holds none of the input tables"]),
    (untouched, {"horizon_months": 0}, ["horizon_months is '0'", "from 1 to 36"]),
    (untouched, {"book_without_approval": "yes"}, ["book_without_approval is 'yes'", "true or false"]),
    (untouched, {"costing_method": "hifo"}, ["costing_method is 'hifo'", "fifo, lifo, weighted_average"]),
    (without_regions, {"cost_pool": "region"}, ["cost_pool is 'region'", "location has a region", "or item"]),
    (untouched, {"reporting_currency": "XXX"}, ["reporting_currency is 'XXX'", "lead to USD", "leave it out"]),
    (untouched, {"as_of_date": "2026-06-15"}, ["as_of_date is '2026-06-15'", "month end"]),
    (
        untouched,
        {"unit_of_account": "category", "accounting_framework": "ifrs"},
        ["unit_of_account is 'category'", "IAS 2.29"],
    ),
    (
        untouched,
        {"costing_method": "lifo", "accounting_framework": "ifrs"},
        ["costing_method is 'lifo'", "IAS 2.25", "set it to fifo, weighted_average or standard"],
    ),
    (untouched, {"close_through": "2026-06"}, ["close_through is '2026-06'", "month end"]),
    (untouched, {"fiscal_year_start_month": 13}, ["fiscal_year_start_month is '13'", "from 1 to 12"]),
    (untouched, {"interim_recoveries": "on"}, ["interim_recoveries is 'on'", "true or false"]),
    (untouched, {"train_on_poor_data": 1}, ["train_on_poor_data is '1'", "true or false"]),
    (untouched, {"pilot_category": "Toys"}, ["pilot_category is 'Toys'", "Audio, Cables and Power", "leave it out"]),
]


@pytest.fixture(scope="module")
def answers(company, tmp_path_factory) -> dict[str, dict]:
    """What dbt said to each case, begun in one process."""
    folder = tmp_path_factory.mktemp("sentences")
    jobs = []
    for number, (change, variables, _) in enumerate(CASES):
        tables = folder / str(number)
        shutil.copytree(company, tables)
        change(company, tables)
        jobs.append(
            {
                "name": str(number),
                "database": str(folder / "build.duckdb"),
                "words": ["build"],
                "variables": {"source_path": str(tables), **variables},
            }
        )
    return run_jobs(folder, jobs)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: CASES[number][2][0])
def test_a_build_stops_with_a_sentence(answers, number):
    answer = answers[str(number)]
    assert not answer["success"]
    said = " ".join(answer["said"].split())
    for sentence in CASES[number][2]:
        assert sentence in said, said[-3000:]
    assert "START" not in said.replace("START hook", ""), "work began before the inputs were checked"
