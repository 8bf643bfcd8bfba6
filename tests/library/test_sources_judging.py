"""What becomes of a row: used, merged, or quarantined with its reason."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sources_at_work import judged, prepared, relations_of, write_delivery
from sqlfluff.core import FluffConfig, Linter

from inventory_valuation.sources.contract import input_tables
from inventory_valuation.sources.judging import judged_rows

ADJUSTMENTS = "adjustment_id,item_id,location_id,adjusted_at,quantity,reason"


def statuses(rows: list[tuple]) -> list[str]:
    return [row[1] for row in rows]


def judged_table(tmp_path, table: str, text: str, opened_on: date | None = None) -> list[tuple]:
    connection, faults = prepared(write_delivery(tmp_path / "d", **{table: text}))
    assert faults == []
    return judged(connection, table, opened_on)


def test_rows_that_differ_in_a_column_of_their_own_are_two(tmp_path):
    rows = (
        "A44,A,MAIN,2024-01-10,-5,damage,P1\nA44,A,MAIN,2024-01-10,-5,damage,P2\nA44,A,MAIN,2024-01-10,-5,damage,P2\n"
    )
    found = judged_table(tmp_path, "stock_adjustments", f"{ADJUSTMENTS},pallet\n{rows}")
    assert statuses(found) == ["used", "used", "merged"]


def test_pallets_of_one_document_loaded_on_two_nights_are_two(tmp_path):
    rows = "A44,A,MAIN,2024-01-10,-5,damage,P1,2024-01-10\nA44,A,MAIN,2024-01-10,-7,damage,P2,2024-01-11\n"
    found = judged_table(tmp_path, "stock_adjustments", f"{ADJUSTMENTS},pallet,loaded_at\n{rows}")
    assert statuses(found) == ["used", "used"]


SALES = "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price,loaded_at\n"


def test_a_line_that_is_sent_again_takes_the_place_of_the_first(tmp_path):
    rows = "S1,1,A,MAIN,2024-01-10,3,9,2024-01-10 20:00\nS1,1,A,MAIN,2024-01-10,2,9,2024-01-11 20:00\n"
    found = judged_table(tmp_path, "sales", SALES + rows)
    assert [row[1:3] for row in found] == [
        ("merged", "replaced by a later delivery of the same key"), ("used", None),
    ]  # fmt: skip


def test_numbers_that_begin_anew_each_year_are_other_documents(tmp_path):
    rows = "1001,1,A,MAIN,2024-01-10,3,9,2024-01-10\n1001,1,A,MAIN,2025-01-12,2,9,2025-01-12\n"
    assert statuses(judged_table(tmp_path, "sales", SALES + rows)) == ["used", "used"]


def test_a_first_load_of_history_is_no_news_and_a_late_fact_is(tmp_path):
    rows = "".join(f"S{n},1,A,MAIN,2023-{n:02}-15,1,9,2024-01-02 03:00\n" for n in range(1, 13))
    rows += "".join(f"T{n},1,A,MAIN,2024-01-{n:02} 10:00,1,9,2024-01-{n:02} 23:00\n" for n in range(3, 30))
    rows += "L1,1,A,MAIN,2023-11-20,1,9,2024-01-29 23:00\n"
    found = judged_table(tmp_path, "sales", SALES + rows)
    known = [row[4] for row in found]
    assert known[0] == datetime(2023, 1, 15)
    assert known[12] == datetime(2024, 1, 3, 23)
    assert known[-1] == datetime(2024, 1, 29, 23)


RETURNS = "return_id,line_no,item_id,location_id,returned_at,quantity,refund_amount\n"


def test_a_table_that_delivers_its_quantities_negative_is_turned_round(tmp_path):
    rows = "R1,1,A,MAIN,2024-01-10,-1,-9\nR2,1,A,MAIN,2024-01-11,-2,-18\n"
    found = judged_table(tmp_path, "customer_returns", RETURNS + rows)
    assert statuses(found) == ["used", "used"]
    assert found[0][3] == "quantity was -1.000000; refund_amount was -9.0000"


def test_one_negative_quantity_among_others_stays_a_fault(tmp_path):
    rows = "".join(f"R{n},1,A,MAIN,2024-01-10,{-1 if n == 3 else 1},9\n" for n in range(1, 13))
    found = judged_table(tmp_path, "customer_returns", RETURNS + rows)
    assert found[2][1:3] == ("quarantined", "quantity is not positive")
    assert statuses(found).count("used") == 11


def test_what_happened_before_the_opening_stock_is_in_it_already(tmp_path):
    rows = "S1,1,A,MAIN,2023-12-30,3,9,\nS2,1,A,MAIN,2024-01-01,3,9,\nS3,1,B,MAIN,2023-12-30,3,9,\n"
    connection, _ = prepared(write_delivery(tmp_path / "d", sales=SALES + rows))
    found = judged(connection, "sales", opened_on=date(2024, 1, 1))
    assert [row[2] for row in found][:2] == ["before the opening stock, which holds its effect already", None]


def test_received_on_the_day_of_shipment_is_in_order(tmp_path):
    head = "transfer_id,item_id,from_location_id,to_location_id,shipped_at,received_at,quantity\n"
    rows = "T1,A,MAIN,B,2024-01-10 15:00,2024-01-10,5\nT2,A,MAIN,B,2024-01-10 15:00,2024-01-09,5\n"
    found = judged_table(tmp_path, "transfers", head + rows)
    assert [row[2] for row in found] == [None, "received before it was shipped"]


def test_nothing_of_a_table_is_later_than_its_last_load(tmp_path):
    rows = "S1,1,A,MAIN,2024-01-30,3,9,2024-01-31\nS2,1,A,MAIN,2024-02-28,2,9,2024-01-31\n"
    found = judged_table(tmp_path, "sales", SALES + rows)
    assert [row[2] for row in found] == [None, "after the last day of the data"]


@pytest.mark.parametrize("table", ["sales", "fx_rates"])
def test_the_select_keeps_the_rules_of_the_models(table):
    """But for the length of lines: they list a table's columns."""
    relations = {name: f"staging.{name}" if "select" in sql else sql for name, sql in relations_of(table).items()}
    sql = judged_rows(input_tables()[table], relations)
    linter = Linter(FluffConfig.from_root(overrides={"templater": "raw", "exclude_rules": "LT05"}))
    assert [str(fault) for fault in linter.lint_string(sql + "\n").violations] == []


def test_of_two_balances_of_a_month_the_later_counts(tmp_path):
    rows = "A,MAIN,2024-01-27,9\nA,MAIN,2024-01-20,8\nB,MAIN,2024-01-20,7\n"
    found = judged_table(tmp_path, "booked_reserves", f"item_id,location_id,period_end,amount\n{rows}")
    assert statuses(found) == ["used", "merged", "used"]
