"""The close pack: its formulas add up to the marts' figures, and its page shows the same."""

from __future__ import annotations

import re
from decimal import Decimal

import duckdb
import pytest
from openpyxl import load_workbook

from inventory_valuation.publishing.pack.command import main
from inventory_valuation.publishing.pack.figures import close_pack


@pytest.fixture(scope="module")
def pack(build, tmp_path_factory):
    """The period, the workbook and the page of the newest approved month of the small company."""
    folder = tmp_path_factory.mktemp("pack")
    with duckdb.connect(build.published, read_only=True) as connection:
        (period,) = connection.execute(
            "select max(period_end) from marts.close_status where period_status = 'approved'"
        ).fetchone()
    assert main([str(period), "--published", str(build.published), "--into", str(folder)]) == 0
    return period, load_workbook(folder / f"close_pack_{period}.xlsx"), folder / f"close_pack_{period}.html"


def value_of(book, formula: str) -> Decimal:
    """What a total is, or what the cover takes over from another sheet."""
    if found := re.fullmatch(r"='(.+)'!([A-Z]+)(\d+)", formula):
        sheet = book[found[1]]
        cell = sheet[f"{found[2]}{found[3]}"].value
        first, last = re.fullmatch(r"=SUM\([A-Z]+(\d+):[A-Z]+(\d+)\)", cell).groups()
        return sum(Decimal(str(sheet[f"{found[2]}{row}"].value or 0)) for row in range(int(first), int(last) + 1))
    raise AssertionError(formula)


def test_the_cover_says_what_the_marts_say(build, pack):
    period, book, _ = pack
    cover = {row[0].value: row[1].value for row in book["Cover"].iter_rows() if row[0].value}
    told = {label: value_of(book, value) for label, value in cover.items() if str(value).startswith("=")}
    with duckdb.connect(build.published, read_only=True) as connection:
        cost, booked = connection.execute(
            "select sum(cost_value), sum(booked_amount) from marts.reserve_review where period_end = ?", [period]
        ).fetchone()
        (closing,) = connection.execute(
            """select sum(closing_amount) from books.reserve_rollforward
            where period_end = ? and framework = (select max(framework) from marts.close_status)""",
            [period],
        ).fetchone()
    assert told["Stock at cost"] == cost and told["Booked reserve"] == booked
    assert told["Reserve at closing, by the roll-forward"] == closing
    assert told["Debits of the journal"] == told["Credits of the journal"] > 0
    assert told["Differences of the tie-outs"] == 0
    assert cover["Status"].startswith("approved")


def test_every_row_of_the_rollforward_foots(pack):
    _, book, _ = pack
    sheet = book["Roll-forward"]
    rows = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] and row[0] != "Total"]
    assert rows
    for row in rows:
        assert sum(Decimal(str(value)) for value in row[1:7]) == Decimal(str(row[7])), row[0]
        assert row[8].startswith("=ROUND(")


def test_the_years_end_where_the_marts_end_them(build):
    with duckdb.connect(build.published, read_only=True) as connection:
        (latest,) = connection.execute("select max(period_end) from marts.close_status").fetchone()
        years = next(part for part in close_pack(connection, latest).parts if part.title == "Schedule II")
        schedule = connection.execute(
            """select cast(fiscal_year as varchar), beginning_amount, charged_to_costs_amount,
            charged_to_other_accounts_amount, deductions_amount, ending_amount from marts.schedule_ii
            where framework = (select max(framework) from marts.close_status) order by 1"""
        ).fetchall()
    assert [tuple(row) for row in years.rows] == schedule != []


def test_the_page_needs_nothing_else(pack):
    _, book, page = pack
    text = page.read_text()
    assert not re.findall(r"(src|href)=\"(?!#)", text) and "<script" not in text
    assert all("<h2 id=" in text and name in text for name in book.sheetnames if name != "Cover")
    assert text.count("<svg") >= 1


def test_a_month_without_books_is_told(build, capsys, tmp_path):
    assert main(["2001-01-31", "--published", str(build.published), "--into", str(tmp_path)]) == 1
    assert "There are no books of 2001-01-31" in capsys.readouterr().err
