"""Deliveries of a few rows, and the sources room at work on them without dbt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from inventory_valuation.sources.contract import input_tables
from inventory_valuation.sources.judging import judged_rows
from inventory_valuation.sources.preparing import prepare_sources

VARIABLES = {
    "accounting_framework": "us_gaap",
    "book_without_approval": False,
    "cost_pool": "position",
    "costing_method": "fifo",
    "fiscal_year_start_month": 1,
    "horizon_months": 6,
    "interim_recoveries": False,
    "nothing_since_last_movement": False,
    "scale_is_right": False,
    "train_on_poor_data": False,
    "unit_of_account": "layer",
    "zero_cost_means": "unknown",
}
ITEMS = "item_id,description,category\nA,Lamp,Lamps\nB,Bulb,Lamps\n"
LOCATIONS = "location_id,name\nMAIN,Main store\n"
SALES = "order_id,line_no,item_id,location_id,sold_at,quantity,unit_price\nS1,1,A,MAIN,2024-01-31,1,9\n"
RECEIPTS = "receipt_id,line_no,item_id,location_id,received_at,quantity,unit_cost\nR1,1,A,MAIN,2024-01-31,10,5\n"


def write_delivery(folder: Path, **tables: str | bytes) -> Path:
    """Write the four required tables and others, or others in their place, as CSV; a name with a point is a file's."""
    folder.mkdir(exist_ok=True)
    contents = {"items": ITEMS, "locations": LOCATIONS, "sales": SALES, "receipts": RECEIPTS} | tables
    for name, content in contents.items():
        path = folder / (name if "." in name else f"{name}.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def prepared(folder: Path, **variables: object) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    """A database in which a delivery was prepared, and what was wrong with it."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    told = VARIABLES | {"source_path": str(folder)} | variables
    return connection, prepare_sources(connection, told, folder / "copies")


def relations_of(table: str) -> dict[str, str]:
    """What a table is judged with, all ids standing for themselves."""
    spellings = " union ".join(
        f"select '{master}' as master_table, {name} as source_id, trim({name}) as canonical_id, true as is_known, "
        f"'as in the master' as match_rule, cast(null as varchar) as non_product_kind from source_rows.{table}"
        for name, master in input_tables()[table].ids.items()
    )
    return {
        "source": f"source_rows.{table}",
        "amount": "0",
        "row_key": "source_row_number",
        "days_of_a_document": "92",
        "id_cross_reference": f"({spellings})",
        "int_data_window": "source_rows.data_window",
        "int_reporting_currency": "(select 'EUR' as currency)",
        "int_fx_days": "(select 'USD' as currency, day, 0.9 as rate_to_reporting "
        "from range(date '2020-01-01', date '2030-01-01', interval 1 day) as days (day))",
        "int_first_prices": "(select 'A' as item_id, timestamp '2000-01-01' as month)",
        "stg_receipts": "source_rows.receipts",
    }


def judged(connection: duckdb.DuckDBPyConnection, table: str, opened_on: date | None = None) -> list[tuple]:
    """Row number, status, reason and mends of the rows of a prepared table, all ids standing for themselves."""
    relations = relations_of(table)
    if opened_on:
        relations["int_opening_days"] = (
            f"(select 'A' as item_id, 'MAIN' as location_id, date '{opened_on}' as opened_on)"
        )
    rows = connection.execute(
        "select source_row_number, row_status, row_reason, mends, known_at "
        f"from ({judged_rows(input_tables()[table], relations)}) order by source_row_number"
    )
    return rows.fetchall()
