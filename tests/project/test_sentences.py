"""What is wrong with vars or files stops a build before any work, in a sentence that names it and the mend."""

import shutil

import duckdb
import pytest
from building import project_variables, run_jobs

from inventory_valuation.sources.preparing import prepare_sources


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
    (untouched, {"as_of_date": "2030-01-31"}, ["as_of_date is 2030-01-31", "newest movement is of", "nothing_since"]),
    (untouched, {"as_of_date": "2010-01-31"}, ["as_of_date is 2010-01-31", "the data begin on"]),
    (untouched, {"decimal_separator": "x"}, ["decimal_separator is 'x'", "leave it out"]),
    (
        untouched,
        {"as_of_date": "2030-01-15"},
        ["as_of_date is 2030-01-15", "newest movement is of", "leave the var out"],
    ),
    (untouched, {"as_of_date": "June"}, ["as_of_date is 'June'", "a day such as 2026-06-30"]),
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
    (untouched, {"renew_proposals": "2026-06"}, ["renew_proposals is '2026-06'", "month end"]),
    (untouched, {"fiscal_year_start_month": 13}, ["fiscal_year_start_month is '13'", "from 1 to 12"]),
    (untouched, {"interim_recoveries": "on"}, ["interim_recoveries is 'on'", "true or false"]),
    (untouched, {"train_on_poor_data": 1}, ["train_on_poor_data is '1'", "true or false"]),
    (untouched, {"pilot_category": "Toys"}, ["pilot_category is 'Toys'", "Audio, Cables and Power", "leave it out"]),
]


def sentences(company, folder, change, variables) -> str:
    tables = shutil.copytree(company, folder / "tables")
    change(company, tables)
    with duckdb.connect() as connection:
        told = project_variables(source_path=str(tables)) | variables
        return " ".join(prepare_sources(connection, told, folder / "copies"))


@pytest.mark.parametrize(("change", "variables", "words"), CASES, ids=[case[2][0] for case in CASES])
def test_what_is_wrong_is_said_in_a_sentence(company, tmp_path, change, variables, words):
    said = sentences(company, tmp_path, change, variables)
    for word in words:
        assert word in said


def test_a_build_stops_before_any_work(company, tmp_path):
    tables = shutil.copytree(company, tmp_path / "tables")
    without_table(company, tables)
    job = {"name": "one", "database": str(tmp_path / "build.duckdb"), "words": ["build"]}
    answer = run_jobs(tmp_path, [job | {"variables": {"source_path": str(tables)}}])["one"]
    said = " ".join(answer["said"].split())
    assert not answer["success"]
    assert "required table sales is absent" in said
    assert "START" not in said.replace("START hook", "")
