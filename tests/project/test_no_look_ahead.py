"""What is said at a date must not know what came after it.

The demo company is built with all its facts and absurd ones beside them after a day. A second build goes on from the
first and values that day, which is no month end: a flash. A third is the same flash with every fact after the day
deleted from the files. The last two must hold the same in every table that says by which day its rows are known, to the
last bit. A fourth goes on from the second without a flash: it must leave what the first made from nothing.
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from building import run_dbt, write_company

from inventory_valuation.demo.deliveries import KNOWN_AT, write_until

# What nobody would deliver, each known only after the day {day}: made from the table's own rows. Returns and
# adjustments are of days before it, and come late. The demo company hands over no journal_postings.
ABSURD = {
    "opening_stock": """
        select * replace (date '{day}' + 2 as as_of, quantity * 500 as quantity) from rows limit 20""",
    "purchase_orders": """
        select * replace (
            'ABSURD' || po_id as po_id, date '{day}' + 2 as ordered_on, date '{day}' + 9 as promised_on,
            quantity * 1000 as quantity
        ) from rows limit 100""",
    "receipts": """
        select * replace ('ABSURD' || receipt_id as receipt_id, quantity * 500 as quantity, null as po_id)
        from rows where try_cast(received_at as timestamp) >= date '{day}' + interval 5 day limit 50""",
    "receipt_cost_adjustments": """
        select * replace (
            'ABSURD' || adjustment_id as adjustment_id, date '{day}' + interval 3 day as adjusted_at,
            abs(amount) * 1000 as amount
        ) from rows""",
    "sales": """
        select * replace ('ABSURD' || order_id as order_id, quantity * 1000 as quantity, unit_price * 3 as unit_price)
        from rows where try_cast(sold_at as timestamp) >= date '{day}' + interval 5 day limit 300""",
    "customer_returns": """
        select * replace (
            'ABSURD' || return_id as return_id, date '{day}' - interval 20 day as returned_at,
            date '{day}' + interval 3 day as loaded_at, quantity * 1000 as quantity, 'restock' as disposition,
            'order cancelled' as reason
        ) from rows where quantity > 0 limit 50""",
    "stock_adjustments": """
        select * replace (
            'ABSURD' || adjustment_id as adjustment_id, date '{day}' - interval 40 day as adjusted_at,
            date '{day}' + interval 4 day as loaded_at, quantity * 1000 as quantity, 'write_off' as reason
        ) from rows where quantity < 0 limit 20""",
    "transfers": """
        select * replace (
            'ABSURD' || transfer_id as transfer_id, date '{day}' + interval 5 day as shipped_at,
            date '{day}' + interval 6 day as received_at, date '{day}' + interval 6 day as loaded_at,
            quantity * 1000 as quantity
        ) from rows""",
    "stock_counts": """
        select * replace (
            'ABSURD' || count_id as count_id, date '{day}' + interval 7 day as counted_at, 100000 as quantity
        ) from rows""",
    "prices": """
        select * replace (
            'clearance' as price_type, 0.01 as unit_price, date '{day}' + 3 as valid_from, date '{day}' + 40 as valid_to
        ) from rows where price_type = 'regular'""",
    "promotions": """
        select * replace (
            'ABSURD' || promotion_id as promotion_id, date '{day}' + 2 as starts_on, date '{day}' + 30 as ends_on,
            0.99 as discount_fraction
        ) from rows""",
    "stockouts": """
        select distinct * replace (date '{day}' + interval 2 day as started_at, null as ended_at) from rows""",
    "market_signals": """
        select * replace (date '{day}' - 9 as observed_on, date '{day}' + interval 2 day as published_at, 1e9 as value)
        from rows
        union all
        select * replace (
            'absurd kind' as signal, date '{day}' - 9 as observed_on, date '{day}' + interval 2 day as published_at
        ) from rows""",
    "supplier_messages": """
        select * replace (
            'ABSURD' || message_id as message_id, date '{day}' + interval 4 day as sent_at,
            'It goes end of life, is delayed and becomes cheaper: ' || body as body
        ) from rows""",
    "quality_inspections": """
        select * replace (
            'ABSURD' || inspection_id as inspection_id, date '{day}' + interval 6 day as inspected_at,
            1000 as sample_size, 999 as defects
        ) from rows where sample_size > 0""",
    "fx_rates": """
        select * replace (rate_to_reporting * 100 as rate_to_reporting)
        from rows where try_cast(rate_on as date) > date '{day}'""",
    "booked_reserves": """
        select * replace (amount * 100 as amount) from rows where try_cast(period_end as date) > date '{day}'""",
    "reserve_overrides": """
        select * replace (
            'ABSURD' || override_id as override_id, date '{day}' as period_end, reserve_amount * 100 as reserve_amount,
            date '{day}' + interval 2 day as requested_at
        ) from rows""",
    "reserve_approvals": """
        select * replace (
            'ABSURD' || approval_id as approval_id, 'rejected' as decision, date '{day}' + interval 3 day as decided_at
        ) from rows""",
}


def add_absurd(source: Path, target: Path, day: str) -> None:
    """Copy the input tables with absurd rows after a day."""
    target.mkdir()
    connection = duckdb.connect()
    for file in sorted(source.glob("*.parquet")):
        rows = ABSURD.get(file.stem, "select * from rows limit 0").format(day=day)
        connection.execute(
            f"copy (with rows as (from '{file}') from rows union all ({rows}))"
            f" to '{target / file.name}' (format parquet)"
        )


def day_before_the_end(source: Path) -> str:
    """The middle of a month, with about a fifth of the sales after it."""
    (found,) = duckdb.sql(
        "select date_trunc('month', quantile_disc(try_cast(sold_at as timestamp), 0.8)) + interval 16 day"
        f" from '{source / 'sales.parquet'}'"
    ).fetchone()
    return found.date().isoformat()


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("no_look_ahead")
    everything = write_company(folder / "everything", "--items", "40", "--locations", "2")
    day = day_before_the_end(everything)
    add_absurd(everything, folder / "absurd", day)
    write_until(everything, folder / "truncated", day)
    rooms = [f"+path:models/{room}" for room in ("forecasting", "nrv", "learning", "valuation")]
    up_to_reserves = ("--select", *rooms, "--exclude-resource-type", "test", "unit_test")
    for name, source, as_of_date, goes_on_from in [
        ("with_all", "absurd", None, None),
        ("flash", "absurd", day, "with_all"),
        ("without_later", "truncated", day, None),
        ("continued", "absurd", None, "flash"),
    ]:
        if goes_on_from:
            (folder / name).mkdir()
            shutil.copy(folder / goes_on_from / "build.duckdb", folder / name)
        variables = {"horizon_months": 6, "as_of_date": as_of_date, "source_path": str(folder / source)}
        code, output = run_dbt(folder / name, "build", *up_to_reserves, set_of_books="demo", **variables)
        assert code == 0, output[-6000:]
    return day, *(folder / name / "build.duckdb" for name in ("with_all", "flash", "without_later", "continued"))


def test_every_table_of_dated_facts_has_absurd_ones():
    assert {*ABSURD, "journal_postings"} == {table for table, (known_at, _) in KNOWN_AT.items() if known_at}


def test_the_absurd_facts_count_once_they_are_known(builds):
    """Else the comparison below would prove nothing."""
    day, with_all, *_ = builds
    connection = duckdb.connect(str(with_all), read_only=True)
    counted = {
        "max(supplier_defect_rate_12)": 0.9,
        "max(abs(search_volume_change_3))": 1.9,
        "-min(tag_price_to_cost)": -0.01,
        "-min(days_since_end_of_life_message)": -40,
        "max(open_order_quantity)": 10_000,
        "max(receipt_count_3)": 3,
        "max(unit_cost)": 2_000,
        "max(demand_quantity_3)": 10_000,
        "max(returned_share_12)": 0.99,
        "max(quantity * written_off_share_12 / (1 - written_off_share_12))": 1_000,
        "max(item_quantity * stock_elsewhere_share)": 50_000,
        "max(count_variance_rate_12)": 10,
        "max(stockout_days_12)": 20,
    }
    after = connection.execute(
        f"select count(*), {', '.join(counted)} from features.position_features where valuation_date > '{day}'"
    )
    rows, *values = after.fetchall()[0]
    assert rows > 50
    assert [name for name, value in zip(counted, values, strict=True) if not value > counted[name]] == []


def tables_known_by_day(build: Path) -> dict[str, str]:
    """The tables of which a build keeps months, and what says by which day their rows became known."""
    manifest = json.loads((build.parent / "target/manifest.json").read_text())
    built = duckdb.connect(str(build), read_only=True).execute("select table_name, holds from remembered.built_tables")
    by_month = {table for table, holds in built.fetchall() if "@" in holds}
    said = {
        f"{node['schema']}.{node['alias']}": node["config"]["meta"].get("known_by")
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["language"] == "sql"
    }
    return {table: said[table] for table in sorted(by_month & said.keys() - {*WITHOUT_HISTORY})}


# A master's attributes have no date, and calendars speak of the newest month: a build compares all of their rows.
WITHOUT_HISTORY = ("core.items", "core.valuation_dates")

# Columns that say which build wrote a row, or at which line of its file a document stood.
ABOUT_THE_BUILD = ("_by_build", "run_id", "frozen_as_of_date", "movement_id", "source_row_number", "row_key")

# Their rows are always made as a whole: what they say at a date has no later facts in it either.
ALWAYS_WHOLE = [
    "forecasting.demand_forecasts",
    "forecasting.price_forecasts",
    "forecasting.int_unsold_rates",
]


def test_what_is_said_at_a_date_is_the_same_without_later_facts(builds):
    """Nor does it move when later months come: trainings stand on the calendar, and none hangs on the newest month."""
    day, _, flash, without_later, _ = builds
    connection = duckdb.connect()
    connection.execute(f"attach '{flash}' as flash (read_only)")
    connection.execute(f"attach '{without_later}' as without_later (read_only)")
    tables = tables_known_by_day(flash)
    assert {"features.position_features", "nrv.net_realizable_values", "learning.predictions"} <= tables.keys()
    different = []
    for table in [*tables, *ALWAYS_WHOLE]:
        is_known = f"{tables.get(table, 'valuation_date')} <= '{day}'"
        full, cut = (contents(connection, f"{build}.{table}", is_known) for build in ("flash", "without_later"))
        different += [f"{table}.{column}" for column in full if full[column] != cut.get(column)]
    assert different == []
    valued = "select count(*), count(reserve_amount), max(reserve_amount) from flash.valuation.reserve_estimates"
    positions, reserves, largest = connection.execute(
        f"{valued} where valuation_date = '{day}' and method = 'champion'"
    ).fetchone()
    assert positions == reserves > 20
    assert largest > 0


def contents(connection: duckdb.DuckDBPyConnection, table: str, condition: str = "true") -> dict[str, str]:
    """Number of rows and sum of hashes of a table's columns, each by itself and all together."""
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    told = [column for column in columns if not column.endswith(ABOUT_THE_BUILD)]
    hashes = {column: f"hash({column})" for column in told} | {"": f"hash({', '.join(told)})"}
    sums = ", ".join(f"coalesce(sum(cast({value} as hugeint)), 0)" for value in hashes.values())
    rows, *values = connection.execute(f"select count(*), {sums} from {table} where {condition}").fetchone()
    return {column: f"{rows}:{value}" for column, value in zip(hashes, values, strict=True)}


def test_the_next_months_leave_what_a_build_from_nothing_makes(builds):
    """A build that goes on from a flash and keeps what no new fact touches, against one that makes everything."""
    _, with_all, _, _, continued = builds
    connection = duckdb.connect()
    connection.execute(f"attach '{with_all}' as with_all (read_only)")
    connection.execute(f"attach '{continued}' as continued (read_only)")
    tables = [
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'with_all'"
            " and schema_name not in ('remembered', 'policy') and table_name <> 'model_runs'"  # which only grows
        ).fetchall()
    ]
    different = [
        table
        for table in tables
        if contents(connection, f"with_all.{table}") != contents(connection, f"continued.{table}")
    ]
    assert len(tables) > 100
    assert different == []
