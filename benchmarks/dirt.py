"""Recall and precision of the cleaning, by kind of dirt, on a demo company whose dirt is known.

`python benchmarks/dirt.py warehouse/build.duckdb data/demo_truth` prints the table of
docs/data_quality.md. The truth is read here and in tests only: no model knows it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

UNUSED = "staging.int_unused_rows"
# Where each kind of dirt should show: rows of the relation under the condition, by the row's key.
FINDINGS = {
    ("id misspelt", "sales"): ("staging.stg_sales", "contains(mends, 'item_id was')"),
    ("id misspelt", "receipts"): ("staging.stg_receipts", "contains(mends, 'item_id was')"),
    ("id misspelt", "customer_returns"): ("staging.stg_customer_returns", "contains(mends, 'item_id was')"),
    ("id misspelt", "stock_adjustments"): ("staging.stg_stock_adjustments", "contains(mends, 'item_id was')"),
    ("price slipped", "sales"): ("staging.stg_sales", "contains(mends, 'unit_price was')"),
    ("cost missing", "receipts"): ("staging.stg_receipts", "contains(mends, 'unit_cost missing')"),
    ("cost slipped", "receipts"): ("staging.stg_receipts", "contains(mends, 'unit_cost was')"),
    ("item unknown", "sales"): (UNUSED, "row_reason = 'item_id is unknown'"),
    ("item unknown", "customer_returns"): (UNUSED, "row_reason = 'item_id is unknown'"),
    ("after the end", "sales"): (UNUSED, "row_reason = 'after the last day of the data'"),
    ("quantity impossible", "sales"): (UNUSED, "row_reason = 'quantity is not positive'"),
    ("quantity impossible", "receipts"): (UNUSED, "row_reason = 'quantity is not positive'"),
    ("no product", "sales"): (UNUSED, "row_status = 'set aside'"),
    ("sent again with a changed quantity", "sales"): (UNUSED, "starts_with(row_reason, 'replaced')"),
    **{
        ("delivered again", table): (UNUSED, "starts_with(row_reason, 'the same row')")
        for table in ("sales", "receipts", "customer_returns", "stock_adjustments")
    },
}
KEYS = {
    "sales": "order_id || '/' || line_no",
    "receipts": "receipt_id || '/' || line_no",
    "customer_returns": "return_id || '/' || line_no",
    "stock_adjustments": "adjustment_id",
}
_OF_THE_ROW = "regexp_replace(row_key, '/row [0-9]+$', '')"


def scores(database: Path, truth: Path) -> list[tuple[str, str, int, int, int]]:
    """Kind, table, rows injected, rows found, rows rightly found."""
    connection = duckdb.connect(str(database), read_only=True)
    connection.execute(f"create temp table truth as from '{truth / 'injected_dirt.parquet'}'")
    rows = []
    for (kind, table), (relation, condition) in FINDINGS.items():
        listed = relation == UNUSED
        key, where = (_OF_THE_ROW, f"table_name = '{table}' and ({condition})") if listed else (KEYS[table], condition)
        rows += connection.execute(
            f"""
            with found as (select distinct {key} as row_key from {relation} where {where}),
            injected as (select distinct row_key from truth where kind = $kind and table_name = $table_name)
            select $kind, $table_name, (select count(*) from injected), (select count(*) from found),
                (select count(*) from injected semi join found using (row_key))
            """,
            {"kind": kind, "table_name": table},
        ).fetchall()
    return rows


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("truth", type=Path)
    asked = parser.parse_args()
    print("| kind of dirt | table | injected | found | recall | precision |\n|---|---|---|---|---|---|")
    for kind, table, injected, found, right in sorted(scores(asked.database, asked.truth)):
        recall = f"{right / injected:.3f}" if injected else "-"
        precision = f"{right / found:.3f}" if found else "-"
        print(f"| {kind} | {table} | {injected:,} | {found:,} | {recall} | {precision} |")


if __name__ == "__main__":
    main()
