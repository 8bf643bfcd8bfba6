"""The check of a delivery: all faults and doubts at once, with what to do."""

from __future__ import annotations

import pytest
from sources_at_work import ITEMS, LOCATIONS, SALES, VARIABLES, prepared, write_delivery

from inventory_valuation.cli import main
from inventory_valuation.sources.checking import check_delivery
from inventory_valuation.sources.contract import input_tables
from inventory_valuation.sources.names import likely_column, likely_table
from inventory_valuation.sources.template import write_template


def report_of(folder, **variables):
    return check_delivery(VARIABLES | {"source_path": str(folder)} | variables)


@pytest.mark.parametrize(
    ("name", "column"),
    [("Menge", "quantity"), ("Stückkosten", "unit_cost"), ("Artikel-Nr.", "item_id"), ("Lagerort", "location_id"),
     ("Qty", "quantity"), ("colour", None)],
)  # fmt: skip
def test_a_missing_column_is_found_under_its_likely_name(name, column):
    assert likely_column(name, input_tables()["receipts"].columns) == column


@pytest.mark.parametrize(("name", "table"), [("Verkäufe", "sales"), ("Wareneingang", "receipts"), ("zzz", None)])
def test_a_file_that_nobody_reads_is_told_by_its_likely_table(name, table):
    assert likely_table(name, input_tables()) == table


def test_every_fault_is_said_with_a_hint(tmp_path):
    receipts = "receipt_id,line_no,Artikelnummer,location_id,received_at,Menge,unit_cost\nR1,1,A,MAIN,2024-01-31,10,5\n"
    folder = write_delivery(tmp_path / "d", receipts=receipts, **{"Verkauf.csv": "a\n1\n"})
    (folder / "sales.csv").unlink()
    said = str(report_of(folder))
    for words in (
        "required table sales is absent",
        "column item_id is missing",
        "`Artikelnummer`",
        "looks like `item_id`",
        "looks like `quantity`",
        "which looks like sales",
        "faults stop a build",
    ):
        assert words in said


def test_ids_totals_units_and_absent_tables_are_told(tmp_path):
    items = (
        ITEMS.replace("category\n", "category,unit_of_measure\n").replace("Lamps\n", "Lamps,pcs\n", 1) + "C,Wire,W,m\n"
    )
    sales = (
        "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price\n"
        "S1,1, a,MAIN,2024-01-31,2,9\nS2,1,ZZ,MAIN,2024-01-31,1,9\n"
    )
    report = report_of(
        write_delivery(tmp_path / "d", items=items.replace("B,Bulb,Lamps\n", "B,Bulb,Lamps,\n"), sales=sales)
    )
    said = str(report)
    assert report.faults == []
    for words in (
        "1 rows of sales name 1 ids in item_id that the master does not hold, such as 'ZZ'",
        "' a' for 'A'",
        "sales at MAIN: 2 rows, quantity 1 of unknown unit + 2 pcs, amount 27.00",
        "Items are counted in 2 units",
        "booked_reserves: The reserves of the company's own books",
        "horizon_months 6",
        "Nothing stops a build",
    ):
        assert words in said


def of_ten_items(quantity: str, cost: str, price: str) -> dict[str, str]:
    names = [f"I{number}" for number in range(10)]
    items = "item_id,description,category\n" + "".join(f"{name},Screw {name},Screws\n" for name in names)
    receipts = "receipt_id,line_no,item_id,location_id,received_at,quantity,unit_cost\n"
    receipts += "".join(f"R{name},1,{name},MAIN,2024-01-02,{quantity},{cost}\n" for name in names)
    sales = "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price\n"
    sales += "".join(f"S{name},1,{name},MAIN,2024-01-31,5,{price}\n" for name in names)
    return {"items": items, "receipts": receipts, "sales": sales}


@pytest.mark.parametrize(
    ("quantity", "cost", "price", "words"),
    [
        ("10", "5", "9", None),
        ("10000", "5", "9", "quantities that came in are 2,000 times the quantities sold"),
        ("10", "5", "9000", "prices of sales are 1,800 times the costs of receipts"),
        ("10", "5000", "9", "prices of sales are one in 556 of the costs of receipts"),
    ],
)
def test_what_is_a_thousand_times_off_between_tables_stops(tmp_path, quantity, cost, price, words):
    folder = write_delivery(tmp_path / "d", **of_ten_items(quantity, cost, price))
    _, faults = prepared(folder)
    assert [words in fault for fault in faults] == ([True] if words else [])
    assert prepared(folder, scale_is_right=True)[1] == []


def test_a_template_is_a_delivery_but_for_its_rows(tmp_path, capsys):
    assert main(["template", str(tmp_path / "t")]) == 0
    assert "files written" in capsys.readouterr().out
    assert write_template(tmp_path / "t") == []
    faults = report_of(tmp_path / "t").faults
    assert [fault for fault in faults if "has no row" not in fault and "holds a movement" not in fault] == []
    explained = (tmp_path / "t/COLUMNS.md").read_text()
    assert "## receipts *" in explained and "- `unit_cost` * (decimal): Cost of a unit." in explained


def test_the_command_ends_with_what_it_found(tmp_path, capsys):
    folder = write_delivery(tmp_path / "d")
    assert main(["check", str(folder), "--vars", "{horizon_months: 6}"]) == 0
    assert "Nothing stops a build" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "missing or holds no input table" in capsys.readouterr().out


def test_empty_lines_that_a_spreadsheet_leaves_are_no_rows(tmp_path):
    folder = write_delivery(tmp_path / "d", items=ITEMS + ",,\n , ,\n", locations=LOCATIONS + ",\n")
    report = report_of(folder)
    assert report.files[0].endswith("2 rows, UTF-8, values parted by commas, 2 empty lines left out")
    assert report.files[1].endswith("1 rows, UTF-8, values parted by commas, 1 empty line left out")
    connection, faults = prepared(folder)
    assert faults == []
    assert connection.execute("select count(*) from source_rows.items").fetchall() == [(2,)]


def test_money_without_a_currency_is_asked_about(tmp_path):
    folder = write_delivery(tmp_path / "d")
    assert any("set the var reporting_currency" in doubt for doubt in report_of(folder).doubts)
    assert not any("reporting_currency" in doubt for doubt in report_of(folder, reporting_currency="EUR").doubts)


@pytest.mark.parametrize(("item", "is_fault"), [("Z", True), ("a", False), ("A-EA", False)])
def test_a_table_that_names_none_of_the_items_stops(tmp_path, item, is_fault):
    head, line = SALES.splitlines()
    rows = [line.replace("S1", f"S{number}").replace(",A,", f",{item},") for number in range(10)]
    faults = report_of(write_delivery(tmp_path / "d", sales="\n".join([head, *rows, ""]))).faults
    assert ["No item_id of" in fault for fault in faults] == [True] * is_fault


def test_sales_without_any_price_are_told(tmp_path):
    report = report_of(write_delivery(tmp_path / "d", sales=SALES.replace(",1,9\n", ",1,0\n")))
    assert any("None of the 1 rows of sales bears a price" in doubt for doubt in report.doubts)
