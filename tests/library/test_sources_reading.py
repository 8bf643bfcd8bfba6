"""Files of the world: which are read, how their numbers and days are read, and what is asked for."""

from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources_at_work import ITEMS, VARIABLES, prepared, write_delivery

from inventory_valuation.sources import preparing
from inventory_valuation.sources.files import find_files
from inventory_valuation.sources.reading import MACROS

HEAD = "receipt_id;line_no;item_id;location_id;received_at;quantity;unit_cost\n"


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'; create schema source_rows")
    connection.execute(MACROS.read_text())
    return connection


def read_number(connection, text: str, comma: bool) -> Decimal | None:
    query = "select try_cast(source_rows.number_text(source_rows.word_of(?), ?) as decimal(24, 10))"
    return connection.execute(query, [text, comma]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("950", 950), ("12,5", "12.5"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("0,125", "0.125"),
        ("0.125", "0.125"), ("1,00,000.00", 100000), ("12,34,567.50", "1234567.5"), ("1.234.567", 1234567),
        ("1,234,567", 1234567), ("1'234.50", "1234.5"), ("1 234,5", "1234.5"), ("12-", -12), ("(12.50)", "-12.5"),
        ("-1,5", "-1.5"), ("1.5e1", 15), ("1,5E+3", 1500), (".5", "0.5"), (" 7 ", 7), ("1234,567.89", None),
        ("two", None), ("NULL", None), ("#N/A", None), ("-", None), ("", None),
    ],
)  # fmt: skip
def test_a_number_that_can_be_read_in_one_way_is_read_so_in_any_file(macros, text, value):
    expected = None if value is None else Decimal(value)
    assert [read_number(macros, text, comma) for comma in (True, False)] == [expected, expected]


@pytest.mark.parametrize(("text", "with_comma", "with_point"), [("12,500", "12.5", 12500), ("1.250", 1250, "1.25")])
def test_a_number_that_can_be_read_in_two_ways_is_read_as_its_file_is_written(macros, text, with_comma, with_point):
    assert read_number(macros, text, True) == Decimal(with_comma)
    assert read_number(macros, text, False) == Decimal(with_point)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-12-31", datetime(2025, 12, 31)), ("2022-01-5 10:00:00", datetime(2022, 1, 5, 10)),
        ("31/12/2025", datetime(2025, 12, 31)), ("12/31/2025 14:05", datetime(2025, 12, 31, 14, 5)),
        ("31.12.25", datetime(2025, 12, 31)), ("5.3.2024 07:30:00", datetime(2024, 3, 5, 7, 30)),
        ("2025/1/2", datetime(2025, 1, 2)), ("20251231", datetime(2025, 12, 31)),
        ("31-Dec-2024", datetime(2024, 12, 31)), ("31-DEC-24", datetime(2024, 12, 31)),
        ("12/31/2025 2:05 PM", datetime(2025, 12, 31, 14, 5)),
        ("2025-06-10T17:30:00+05:30", datetime(2025, 6, 10, 12)),
        ("2025-06-10 12:00:00 UTC", datetime(2025, 6, 10, 12)),
        ("2025-06-10 12:00:00 Europe/Berlin", None), ("infinity", None), ("1749556800", None), ("30/02/2025", None),
        ("2025-13-01", None),
    ],
)  # fmt: skip
def test_a_day_that_can_be_read_in_one_way_is_read_so_in_any_file(macros, text, moment):
    query = "select source_rows.moment_in_utc(source_rows.moment_text(source_rows.word_of(?), ?))"
    assert [macros.execute(query, [text, first]).fetchall()[0][0] for first in (True, False)] == [moment, moment]


AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=2)
STYLES = {"German": (".", ","), "English": (",", "."), "French": ("\u202f", ","), "Swiss": ("'", ".")}


@settings(max_examples=60, deadline=None)
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=8), style=st.sampled_from(sorted(STYLES)))
def test_what_a_country_writes_is_read_back(macros, amounts, style):
    group, point = STYLES[style]
    for amount in amounts:
        written = f"{amount:,.2f}".replace(",", "\0").replace(".", point).replace("\0", group)
        assert read_number(macros, written, point == ",") == amount


def receipts_of(connection) -> list[tuple]:
    rows = connection.execute(
        "select item_id, quantity, unit_cost from source_rows.receipts order by source_row_number"
    )
    return [(item, float(quantity), float(cost)) for item, quantity, cost in rows.fetchall()]


def test_semicolons_stand_for_a_decimal_comma(tmp_path):
    rows = "R1;1;A;MAIN;31.01.2024;631,000;1.250\nR2;1;A;MAIN;30.01.2024;2;12,5\n"
    connection, faults = prepared(write_delivery(tmp_path / "d", receipts=HEAD + rows))
    assert faults == []
    assert receipts_of(connection) == [("A", 631, 1250), ("A", 2, 12.5)]


def test_clear_values_of_a_file_go_before_its_delimiter(tmp_path):
    rows = "R1;1;A;MAIN;2024-01-31;1;1.250\nR2;1;A;MAIN;2024-01-30;2;12.50\n"
    connection, faults = prepared(write_delivery(tmp_path / "d", receipts=HEAD + rows))
    assert faults == []
    assert receipts_of(connection) == [("A", 1, 1.25), ("A", 2, 12.5)]


def test_a_column_that_nothing_decides_is_asked_for(tmp_path):
    rows = (HEAD + "R1;1;A;MAIN;2024-01-31;1;1.250\nR2;1;A;MAIN;2024-01-30;2;2.500\n").replace(";", "\t")
    folder = write_delivery(tmp_path / "d", receipts=rows)
    _, faults = prepared(folder)
    assert len(faults) == 1
    for words in ("column unit_cost", "'1.250' in row 1", "'2.500' in row 2", "decimal_separator to ',' or '.'"):
        assert words in faults[0]
    connection, faults = prepared(folder, decimal_separator=",")
    assert faults == []
    assert receipts_of(connection) == [("A", 1, 1250), ("A", 2, 2500)]


def test_days_that_nothing_decides_are_asked_for_and_other_files_decide(tmp_path):
    sales = "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price\nS1,1,A,MAIN,03/02/2024,1,9\n"
    _, faults = prepared(write_delivery(tmp_path / "d", sales=sales))
    assert len(faults) == 1 and "day_or_month_first to 'day' or 'month'" in faults[0]
    receipts = "receipt_id,line_no,item_id,location_id,received_at,quantity,unit_cost\nR1,1,A,MAIN,31/01/2024,10,5\n"
    connection, faults = prepared(write_delivery(tmp_path / "d", sales=sales, receipts=receipts))
    assert faults == []
    assert connection.execute("select sold_at from source_rows.sales").fetchall() == [(datetime(2024, 2, 3),)]


def test_contrary_values_in_one_column_are_shown(tmp_path):
    rows = HEAD + "R1;1;A;MAIN;2024-01-31;1;1.250\nR2;1;A;MAIN;2024-01-30;2;2,5\nR3;1;A;MAIN;2024-01-30;2;3.5\n"
    _, faults = prepared(write_delivery(tmp_path / "d", receipts=rows))
    assert len(faults) == 1
    assert "'1.250' in row 1 and '2,5' in row 2 and '3.5' in row 3" in faults[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_read_in_the_encodings_of_spreadsheets(tmp_path, encoding):
    items = ITEMS.replace("Lamp,", "Größe,")
    connection, faults = prepared(write_delivery(tmp_path / "d", items=items.encode(encoding)))
    assert faults == []
    assert connection.execute("select description from source_rows.items").fetchall() == [("Größe",), ("Bulb",)]


def test_a_damaged_letter_among_others_is_refused_with_its_line(tmp_path):
    items = ITEMS.replace("Lamp,", "Größe,").encode() + b"C,Gr\xf6\xdfe,Lamps\n"
    _, faults = prepared(write_delivery(tmp_path / "d", items=items))
    assert len(faults) == 1 and "items.csv is not UTF-8 text at line 4" in faults[0]


def test_no_value_is_written_in_many_ways(tmp_path):
    rows = HEAD + "".join(f"R{n};1;A;MAIN;2024-01-{n:02};1;{word}\n" for n, word in enumerate(("NULL", "#N/A", "-"), 1))
    connection, faults = prepared(write_delivery(tmp_path / "d", receipts=rows))
    assert faults == []
    assert (
        connection.execute("select unit_cost, unreadable_columns from source_rows.receipts").fetchall()
        == [(None, None)] * 3
    )
    notes = connection.execute("select notes from source_rows.source_files where table_name = 'receipts'").fetchall()
    assert "column unit_cost" in notes[0][0] and "holds no value" in notes[0][0]


def test_files_are_found_in_any_case_packed_in_parts_and_the_others_are_named(tmp_path):
    write_delivery(tmp_path / "d")
    folder = tmp_path / "d"
    (folder / "sales.csv").rename(folder / "Sales.CSV")
    (folder / "receipts.csv.gz").write_bytes(gzip.compress((folder / "receipts.csv").read_bytes()))
    (folder / "receipts.csv").unlink()
    (folder / "transfers").mkdir()
    for part in (1, 2):
        pq.write_table(
            pa.table({"transfer_id": [f"T{part}"], "quantity": [1.5]}), folder / f"transfers/p{part}.parquet"
        )
    for year in (2024, 2025):
        pq.write_table(pa.table({"customer_id": [str(year)]}), folder / f"customers_{year}.parquet")
    (folder / "Verkauf.csv").write_text("a\n1\n")
    found, unread, faults = find_files(folder, ("sales", "receipts", "transfers", "customers", "items", "locations"))
    assert faults == []
    assert {name: len(one.paths) for name, one in found.items()} == {
        "sales": 1, "receipts": 1, "transfers": 2, "customers": 2, "items": 1, "locations": 1,
    }  # fmt: skip
    assert [path.name for path in unread] == ["Verkauf.csv"]


def test_parts_become_one_table(tmp_path):
    write_delivery(tmp_path / "d")
    for year in (2024, 2025):
        pq.write_table(
            pa.table({"customer_id": [str(year)], "segment": ["a"]}), tmp_path / f"d/customers_{year}.parquet"
        )
    connection, faults = prepared(tmp_path / "d")
    assert faults == []
    rows = connection.execute(
        "select customer_id, source_row_number from source_rows.customers order by all"
    ).fetchall()
    assert rows == [("2024", 1), ("2025", 2)]


def test_the_digits_that_a_spreadsheet_cut_are_asked_for(tmp_path):
    _, faults = prepared(write_delivery(tmp_path / "d", items=ITEMS + "8.71E+12,Bulb,Lamps\n"))
    assert len(faults) == 1 and "'8.71E+12'" in faults[0] and "its last digits are lost" in faults[0]


def test_all_faults_are_said_at_once(tmp_path):
    folder = write_delivery(tmp_path / "d", sales="order_id,line_no\nS1,1\n", prices="")
    (folder / "receipts.csv").unlink()
    _, faults = prepared(folder)
    said = " ".join(faults)
    for words in ("required table receipts is absent", "column sold_at is missing", "prices.csv is empty"):
        assert words in said


def test_what_rounding_takes_from_a_quantity_is_told(tmp_path):
    rows = HEAD + "R1;1;A;MAIN;2024-01-31;0,0833333333;12\n"
    connection, _ = prepared(write_delivery(tmp_path / "d", receipts=rows))
    quantity, cut = connection.execute("select quantity, quantity_cut from source_rows.receipts").fetchall()[0]
    assert quantity == Decimal("0.083333") and cut == pytest.approx(3.333e-7, rel=1e-3)


def test_a_delivery_that_did_not_change_is_not_read_again(tmp_path, monkeypatch):
    folder = write_delivery(tmp_path / "d")
    connection, faults = prepared(folder)
    assert faults == []
    monkeypatch.setattr(preparing, "open_delivery", lambda *_: pytest.fail("read again"))
    assert preparing.prepare_sources(connection, VARIABLES | {"source_path": str(folder)}, Path("copies")) == []
