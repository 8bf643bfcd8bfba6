"""What real ledgers hold, in one small company: what is on hand and what it cost, worked out by hand.

Every item is a story of its own. The company sells a lamp a day for fourteen months, its files are CSV.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from building import run_dbt

HEADERS = {
    "items": "item_id,description,category,standard_cost,unit_of_measure",
    "locations": "location_id,name",
    "opening_stock": "item_id,location_id,as_of,received_on,quantity,unit_cost,serial_no",
    "receipts": "receipt_id,line_no,item_id,location_id,received_at,quantity,unit_cost,landed_cost,po_id,currency",
    "receipt_cost_adjustments": "adjustment_id,receipt_id,line_no,adjusted_at,amount,kind",
    "purchase_orders": "po_id,line_no,item_id,location_id,ordered_on,quantity,unit_cost,status",
    "sales": "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price,scan_no,customer_id",
    "customer_returns": "return_id,line_no,item_id,location_id,returned_at,quantity,order_id,disposition",
    "stock_adjustments": "adjustment_id,item_id,location_id,adjusted_at,quantity,reason,unit_cost,pallet",
    "transfers": "transfer_id,item_id,from_location_id,to_location_id,shipped_at,received_at,quantity",
    "fx_rates": "currency,rate_on,rate_to_reporting",
}
ROWS = """
# the lamp, whose goods came before its first sale
items: LAMP,Lamp,Lamps,,pcs
receipts: R0,1,LAMP,MAIN,2023-11-20 08:00,2000,5,,,
# unit costs of many decimals
items: SCREW,Screw,Small parts,,pcs | WASHER,Washer,Small parts,,pcs | PIN,Pin,Small parts,,pcs
receipts: R1,1,SCREW,MAIN,2024-02-01,2000000,0.00034,,, | R1,2,WASHER,MAIN,2024-02-01,1500,3.30125,,,
receipts: R1,3,PIN,MAIN,2024-02-01,2000000,1,,,VND
fx_rates: VND,2023-11-01,0.00003937
# a dozen sold by the piece
items: DOZEN,Dozen,Small parts,,dozen
receipts: R2,1,DOZEN,MAIN,2024-02-01,1,12,,,
sales: D1,1,DOZEN,MAIN,2024-03-01,0.083333,2,, | D2,1,DOZEN,MAIN,2024-03-02,0.916663,2,,
# amounts of a rupiah company
items: FRIDGE,Fridge,Appliances,,pcs
receipts: R3,1,FRIDGE,MAIN,2024-02-01,3000,24500000,,,
# free goods with freight; free goods beside paid ones
items: SAMPLE,Sample,Gifts,,pcs | BONUS,Bonus,Gifts,,pcs
receipts: R4,1,SAMPLE,MAIN,2024-02-01,10,0,30,,
receipts: R5,1,BONUS,MAIN,2024-02-01,100,2,,, | R5,2,BONUS,MAIN,2024-02-01,10,0,,,
# an invoice replaces the cost that was assumed
items: ASSUMED,Assumed,Gifts,,pcs
receipts: R6,1,ASSUMED,MAIN,2024-02-01,10,90,,, | R7,1,ASSUMED,MAIN,2024-02-10,10,,,,
receipt_cost_adjustments: A7,R7,1,2024-02-20,1000,invoice_variance
sales: AS1,1,ASSUMED,MAIN,2024-02-05,10,150,,
# a late correction under the average, with most of the receipt in stock
items: MIXED,Mixed,Gifts,,pcs
receipts: R8,1,MIXED,MAIN,2024-02-01,115,300,,,
sales: M1,1,MIXED,MAIN,2024-02-05,10,500,,
receipt_cost_adjustments: A8,R8,1,2024-03-05,-29925,invoice_variance
# two lines of one order, returned
items: TWOLINES,Two lines,Gifts,,pcs
receipts: R9,1,TWOLINES,MAIN,2024-02-01,3,100,,, | R10,1,TWOLINES,MAIN,2024-02-02,3,130,,,
sales: TL1,1,TWOLINES,MAIN,2024-02-05,3,200,, | TL1,2,TWOLINES,MAIN,2024-02-05,3,200,,
customer_returns: TR1,1,TWOLINES,MAIN,2024-02-08,2,TL1,restock | TR2,1,TWOLINES,MAIN,2024-02-09,2,TL1,restock
# a standard cost per hundred against receipts that agree
items: HUNDRED,Per hundred,Small parts,50,pcs
receipts: R11,1,HUNDRED,MAIN,2024-02-01,100,0.5,,, | R12,1,HUNDRED,MAIN,2024-03-01,100,0.5,,,
# an order with an unpriced line
items: UNPRICED,Unpriced,Gifts,,pcs
purchase_orders: P1,1,UNPRICED,MAIN,2024-01-20,10,5,closed | P1,2,UNPRICED,MAIN,2024-01-20,100,,closed
receipts: R13,1,UNPRICED,MAIN,2024-02-01,10,5,,P1, | R13,2,UNPRICED,MAIN,2024-02-01,100,5,,P1,
# rows that a further column tells apart
items: SERIAL,Serial,Gifts,,pcs | TILL,Till,Gifts,,pcs
opening_stock: SERIAL,MAIN,2023-11-01,2023-10-05,1,1200,SN-1 | SERIAL,MAIN,2023-11-01,2023-10-05,1,1200,SN-2
receipts: R14,1,TILL,MAIN,2024-02-01,10,3,,,
sales: T1,,TILL,MAIN,2024-02-03 08:00,1,7,1, | T1,,TILL,MAIN,2024-02-03 08:00,1,7,2,
stock_adjustments: SA1,TILL,MAIN,2024-02-04,-1,damage,,P1 | SA1,TILL,MAIN,2024-02-04,-1,damage,,P2
# codes that differ by punctuation, vowel signs and points
items: TS-5-11,T-shirt,Cases,,pcs | TS-51-1,T-shirt,Cases,,pcs | SK-8x1.25,Screw,Cases,,pcs | SK-8x12.5,Screw,Cases,,pcs
items: पेन,,Cases,,pcs | पान,,Cases,,pcs | 1001,Whole number,Cases,,pcs
receipts: R15,1,TS-5-11,MAIN,2024-02-01,10,8,,, | R15,2,TS-51-1,MAIN,2024-02-01,20,9,,,
receipts: R15,3,SK-8x1.25,MAIN,2024-02-01,30,8,,, | R15,4,SK-8x12.5,MAIN,2024-02-01,40,9,,,
receipts: R15,5,पेन,MAIN,2024-02-01,3,20,,, | R15,6,पान,MAIN,2024-02-01,4,21,,, | R15,7,1001.0,MAIN,2024-02-01,7,5,,,
# a transfer received on the day on which it was shipped
locations: MAIN,Main | B,Branch | 10,Ten | 010,Ten too
items: MOVED,Moved,Gifts,,pcs
receipts: R16,1,MOVED,MAIN,2024-02-01,10,5,,,
transfers: TF1,MOVED,MAIN,B,2024-03-10 15:00,2024-03-10,4
# places that differ by a zero
receipts: R17,1,MOVED,10,2024-02-01,3,5,,, | R17,2,MOVED,010,2024-02-01,2,5,,,
# goods of others, held for them
items: CONSIGNED,Consigned,Gifts,,pcs
opening_stock: CONSIGNED,MAIN,2023-11-01,2023-10-05,50,0,
# the word for nothing
items: NOTHING,Nothing,Gifts,NULL,N/A
receipts: R18,1,NOTHING,MAIN,2024-02-01,10,5,NULL,#N/A,-
# goods in, back and damaged after the last sale
items: LATE,Late,Gifts,,pcs
receipts: R19,1,LATE,MAIN,2024-12-30 09:00,100,6,,,
customer_returns: LR1,1,LATE,MAIN,2024-12-30 11:00,1,,restock
stock_adjustments: SA2,LATE,MAIN,2024-12-31 17:00,-3,damage,,
# numbers of documents that begin anew
items: ANEW,Anew,Gifts,,pcs
receipts: 7,1,ANEW,MAIN,2024-01-02,10,5,,, | 7,1,ANEW,MAIN,2024-12-02,10,7,,,
sales: 9,1,ANEW,MAIN,2024-01-05,1,9,, | 9,1,ANEW,MAIN,2024-12-05,1,9,,
"""
# Item, place: quantity, value by FIFO, value by the average.
EXPECTED = {
    ("SCREW", "MAIN"): (2_000_000, 680, 680),
    ("WASHER", "MAIN"): (1500, 4951.875, 4951.875),
    ("PIN", "MAIN"): (2_000_000, 78.74, 78.74),
    ("DOZEN", "MAIN"): (0.000004, 0.0, 0.0),  # 0.000048, and the smallest amount is a ten-thousandth
    ("FRIDGE", "MAIN"): (3000, 73_500_000_000, 73_500_000_000),
    ("SAMPLE", "MAIN"): (10, 30, 30),
    ("BONUS", "MAIN"): (110, 200, 200),
    ("ASSUMED", "MAIN"): (10, 1000, 1000),
    ("MIXED", "MAIN"): (105, 4177.1739, 4177.1739),  # 105 / 115 of 34,500 less 29,925
    ("TWOLINES", "MAIN"): (4, 430, 460),  # 2 and 1 at 100, 1 at 130; under the average 115 each
    ("HUNDRED", "MAIN"): (200, 100, 100),
    ("UNPRICED", "MAIN"): (110, 550, 550),
    ("SERIAL", "MAIN"): (2, 2400, 2400),
    ("TILL", "MAIN"): (6, 18, 18),
    ("TS-5-11", "MAIN"): (10, 80, 80),
    ("TS-51-1", "MAIN"): (20, 180, 180),
    ("SK-8x1.25", "MAIN"): (30, 240, 240),
    ("SK-8x12.5", "MAIN"): (40, 360, 360),
    ("पेन", "MAIN"): (3, 60, 60),
    ("पान", "MAIN"): (4, 84, 84),
    ("1001", "MAIN"): (7, 35, 35),
    ("MOVED", "MAIN"): (6, 30, 30),
    ("MOVED", "B"): (4, 20, 20),
    ("MOVED", "10"): (3, 15, 15),
    ("MOVED", "010"): (2, 10, 10),
    ("CONSIGNED", "MAIN"): (50, 0, 0),
    ("NOTHING", "MAIN"): (10, 50, 50),
    ("LATE", "MAIN"): (98, 588, 588),
    ("ANEW", "MAIN"): (18, 110, 108.9474),
}


def write_company(folder: Path) -> Path:
    folder.mkdir()
    rows = {table: [header] for table, header in HEADERS.items()}
    for line in ROWS.splitlines():
        if line and not line.startswith("#"):
            table, told = line.split(": ", 1)
            rows[table] += told.split(" | ")
    for number in range(14 * 30 - 2):
        day = date(2023, 11, 8) + timedelta(days=number)
        rows["sales"].append(f"L{number},1,LAMP,MAIN,{day} 10:00,1,9,,NULL")
    for table, lines in rows.items():
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("real_ledgers")
    words = ["build", "--select", "+inventory_costs", "+cost_layers", "+quarantine", "+customers"]
    words += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    code, output = run_dbt(folder, *words, source_path=str(write_company(folder / "tables")))
    assert code == 0, output[-6000:]
    return duckdb.connect(str(folder / "build.duckdb"), read_only=True)


@pytest.mark.parametrize(("item", "place"), EXPECTED)
def test_a_position_is_worth_what_it_cost(built, item, place):
    rows = built.execute(
        "select costing_method, cast(quantity as double), cast(cost_value as double) from costing.inventory_costs"
        " where valuation_date = '2024-12-31' and item_id = ? and location_id = ?",
        [item, place],
    ).fetchall()
    found = {method: (quantity, value) for method, quantity, value in rows}
    quantity, fifo, average = EXPECTED[item, place]
    assert found["fifo"] == pytest.approx((quantity, fifo), rel=0, abs=5.1e-5)
    assert found["weighted_average"] == pytest.approx((quantity, average), rel=0, abs=5.1e-5)


def test_no_row_is_lost_or_joined(built):
    assert built.execute("select table_name, reason, source_row from staging.quarantine").fetchall() == []
    assert built.execute("select * from staging.int_unused_rows where row_status = 'merged'").fetchall() == []


def test_the_word_null_names_no_customer(built):
    assert built.execute("select count(*) from core.customers").fetchall() == [(0,)]


def test_age_runs_from_the_day_on_which_the_goods_came(built):
    rows = built.execute(
        "select received_on, cast(quantity as double) from costing.cost_layers"
        " where item_id = 'SERIAL' and valuation_date = '2024-12-31'"
    ).fetchall()
    assert rows == [(date(2023, 10, 5), 1.0)] * 2
