"""What a company had delivered by a day: the input tables without what became known after it."""

from __future__ import annotations

from pathlib import Path

import duckdb

# When a fact becomes known, by table, and the columns that may speak of a later day: those are
# emptied where they do.
KNOWN_AT = {
    "opening_stock": ("as_of", []),
    "purchase_orders": ("ordered_on", []),
    "receipts": ("received_at", []),
    "receipt_cost_adjustments": ("adjusted_at", []),
    "sales": ("sold_at", []),
    "customer_returns": ("returned_at", []),
    "stock_adjustments": ("adjusted_at", []),
    "transfers": ("shipped_at", ["received_at"]),
    "stock_counts": ("counted_at", []),
    "prices": ("valid_from", []),
    "promotions": ("starts_on", []),
    "stockouts": ("started_at", ["ended_at"]),
    "market_signals": ("coalesce(published_at, observed_on)", []),
    "supplier_messages": ("sent_at", []),
    "quality_inspections": ("inspected_at", []),
    "fx_rates": ("rate_on", []),
    "booked_reserves": ("period_end", []),
    "reserve_overrides": ("requested_at", []),
    "reserve_approvals": ("decided_at", []),
    "journal_postings": ("posted_at", []),
    "items": (None, ["launched_on", "discontinued_on"]),
    "locations": (None, ["opened_on", "closed_on"]),
    "suppliers": (None, []),
    "customers": (None, []),
    "approvers": (None, []),
}


def write_until(source: Path, target: Path, day: str) -> None:
    """Copy the input tables without what became known after a day.

    Args:
        source: folder of the tables, as Parquet files.
        target: folder to make.
        day: as in 2026-05-31.
    """
    target.mkdir()
    connection = duckdb.connect()
    for file in sorted(source.glob("*.parquet")):
        known_at, later_columns = KNOWN_AT[file.stem]
        columns = [row[0] for row in connection.execute(f"describe from '{file}'").fetchall()]
        conditions = [
            f"coalesce(try_cast({moment} as timestamp) < date '{day}' + interval 1 day, true)"
            for moment in [known_at, "loaded_at" if "loaded_at" in columns else None]
            if moment
        ]
        later = ", ".join(
            f"case when try_cast({column} as timestamp) < date '{day}' + interval 1 day then {column} end as {column}"
            for column in later_columns
            if column in columns
        )
        connection.execute(
            f"copy (select * {f'replace ({later})' if later else ''} from '{file}'"
            f" where {' and '.join(conditions) or 'true'})"
            f" to '{target / file.name}' (format parquet)"
        )
