"""What is wrong with vars or files stops a build before any work, in a sentence that names it and the mend."""

import shutil

import duckdb
import pytest
from building import run_dbt


def without_table(company, folder):
    (folder / "sales.parquet").unlink()


def without_column(company, folder):
    file = folder / "sales.parquet"
    duckdb.sql(f"copy (select * exclude (sold_at) from '{company / 'sales.parquet'}') to '{file}'")


def without_any_table(company, folder):
    shutil.rmtree(folder)
    folder.mkdir()


def untouched(company, folder):
    pass


@pytest.mark.parametrize(
    ("change", "variables", "sentences"),
    [
        (without_table, {}, ["required table sales is absent", "put", "in place"]),
        (without_column, {}, ["column sold_at is missing from", "sales.parquet", "add the column"]),
        (without_any_table, {}, ["is missing or holds no input table", "make demo", "source_path"]),
        (untouched, {"source_schema": "nowhere"}, ["schema 'nowhere'", "holds none of the input tables"]),
        (untouched, {"horizon_months": 0}, ["horizon_months is '0'", "from 1 to 36"]),
        (untouched, {"book_without_approval": "yes"}, ["book_without_approval is 'yes'", "true or false"]),
        (untouched, {"costing_method": "hifo"}, ["costing_method is 'hifo'", "fifo, lifo, weighted_average"]),
        (untouched, {"reporting_currency": "XXX"}, ["reporting_currency is 'XXX'", "lead to USD", "leave it out"]),
        (untouched, {"as_of_date": "2026-06-15"}, ["as_of_date is '2026-06-15'", "month end"]),
        (
            untouched,
            {"unit_of_account": "category", "accounting_framework": "ifrs"},
            ["unit_of_account is 'category'", "IAS 2.29"],
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_build_stops_with_a_sentence(company, tmp_path, change, variables, sentences):
    folder = tmp_path / "tables"
    shutil.copytree(company, folder)
    change(company, folder)
    code, output = run_dbt(tmp_path / "build", "build", source_path=str(folder), **variables)
    assert code != 0
    said = " ".join(output.split())
    for sentence in sentences:
        assert sentence in said, output[-3000:]
    assert "START" not in said.replace("START hook", ""), "work began before the inputs were checked"
