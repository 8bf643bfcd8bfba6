"""Features at a date must not know what came after it.

The demo company is built twice: with all its facts, and with every fact after a valuation date
deleted from its files. Up to that date both must hold the same features, to the last bit.
"""

from pathlib import Path

import duckdb
import pytest
from building import run_dbt, write_company

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
}


def write_truncated(source: Path, target: Path, day: str) -> None:
    """Copy the input tables without what became known after a day."""
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


def date_before_the_end(source: Path) -> str:
    """A month end with about a fifth of the sales after it."""
    return duckdb.sql(
        "select cast(last_day(quantile_disc(try_cast(sold_at as timestamp), 0.8)) as varchar)"
        f" from '{source / 'sales.parquet'}'"
    ).fetchall()[0][0]


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("no_look_ahead")
    everything = write_company(folder / "everything", "--items", "40", "--locations", "2")
    day = date_before_the_end(everything)
    write_truncated(everything, folder / "truncated", day)
    only_features = ("--select", "+position_features", "--exclude-resource-type", "test", "unit_test")
    for name, source, variables in [
        ("with_all", "everything", {}),
        ("without_later", "truncated", {"as_of_date": day}),
    ]:
        code, output = run_dbt(folder / name, "build", *only_features, source_path=str(folder / source), **variables)
        assert code == 0, output[-6000:]
    return day, folder / "with_all/build.duckdb", folder / "without_later/build.duckdb"


def test_features_are_the_same_without_later_facts(builds):
    day, with_all, without_later = builds
    connection = duckdb.connect()
    connection.execute(f"attach '{with_all}' as with_all (read_only)")
    connection.execute(f"attach '{without_later}' as without_later (read_only)")
    full, cut = (
        connection.execute(
            f"from {build}.features.position_features where valuation_date <= '{day}' "
            "order by item_id, location_id, valuation_date"
        ).to_arrow_table()
        for build in ("with_all", "without_later")
    )
    assert cut.num_rows > 100
    assert full.num_rows == cut.num_rows
    different = [name for name in full.column_names if not full[name].equals(cut[name])]
    assert different == []
