"""Damaged input: every fault is told before work or its row is mended or set apart, and nothing else changes."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from building import project_variables, run_jobs, write_company
from damage import DAMAGES, SPOILT, TYPED, row_numbers, write_csv, write_damaged

from inventory_valuation.sources.preparing import prepare_sources

BUILD = ["build", "--select", "staging", "core", "resource_type:seed", "--indirect-selection", "cautious"]
BUILT = ("clean", "damaged")


@dataclass(frozen=True)
class Company:
    """The clean company: rows by table, its files as text, and the answers and databases of two builds."""

    counts: dict[str, int]
    whole: Path
    answers: dict[str, dict]
    clean: Path
    damaged: Path


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    """The company built clean and damaged."""
    folder = tmp_path_factory.mktemp("hostile")
    clean = write_company(folder / "clean", "--items", "30", "--locations", "2")
    tables = {path.stem: pq.read_table(path) for path in clean.glob("*.parquet")}
    whole = folder / "whole"
    whole.mkdir()
    for name, table in tables.items():
        if name in TYPED:
            (whole / f"{name}.parquet").write_bytes((clean / f"{name}.parquet").read_bytes())
        else:
            write_csv(whole / f"{name}.csv", table.column_names, table.to_pylist())
    paths = {"clean": clean, "damaged": write_damaged(clean, folder / "damaged")}
    jobs = [
        {
            "name": name,
            "database": str(folder / f"{name}-build" / "build.duckdb"),
            "words": BUILD,
            "variables": {"source_path": str(path)},
        }
        for name, path in paths.items()
    ]
    return Company(
        {name: len(table) for name, table in tables.items()},
        whole,
        run_jobs(folder, jobs),
        *(folder / f"{name}-build" / "build.duckdb" for name in BUILT),
    )


@pytest.fixture(scope="module")
def built(company):
    """The staging and core relations of both builds, as tables of the catalogs `clean` and `damaged`."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for name, path in zip(BUILT, (company.clean, company.damaged), strict=True):
            assert company.answers[name]["success"], company.answers[name]["said"][-4000:]
            # Views name the catalog in which they were made.
            connection.execute(f"attach ':memory:' as {name}; attach '{path}' as build (read_only)")
            for schema in ("staging", "core"):
                connection.execute(f"create schema {name}.{schema}")
                for (table,) in connection.execute(
                    "select table_name from information_schema.tables"
                    " where table_catalog = 'build' and table_schema = ?",
                    [schema],
                ).fetchall():
                    connection.execute(f"create table {name}.{schema}.{table} as from build.{schema}.{table}")
            connection.execute("detach build")
        yield connection


def test_at_least_forty_damages_are_tried():
    names = [damage.name for damage in DAMAGES] + [fault.name for fault in SPOILT]
    assert len(set(names)) == len(names) >= 40


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damaged_row_is_mended_or_set_apart(company, built, damage):
    number = row_numbers(company.counts)[damage.name]
    found = built.execute(
        f"select 'used', null, null from damaged.staging.stg_{damage.table} where source_row_number = {number} "
        "union all select row_status, row_reason, row_key from damaged.staging.int_unused_rows "
        f"where table_name = '{damage.table}' and source_row_number = {number}"
    ).fetchall()
    assert [row[:2] for row in found] == [(damage.becomes, damage.reason)]
    staged = built.sql(f"select * from damaged.staging.stg_{damage.table} where source_row_number = {number}")
    rows = [dict(zip(staged.columns, row, strict=True)) for row in staged.fetchall()]
    assert len(rows) == (damage.becomes == "used")
    for row in rows:
        assert damage.mend in row["mends"] if damage.mend else row["mends"] is None
        assert {name: row[name] for name in damage.reads} == damage.reads
    listed = built.execute(
        "select count(*) from damaged.staging.quarantine where table_name = ? and row_key = ?",
        [damage.table, found[0][2]],
    ).fetchall()
    assert listed == [(damage.becomes == "quarantined",)]


def test_what_is_quarantined_is_whole_and_json(company, built):
    rows = built.execute("select table_name, reason, source_row from damaged.staging.quarantine").fetchall()
    told = [damage for damage in DAMAGES if damage.becomes == "quarantined"]
    assert len(rows) >= len(told)
    for table, reason, source_row in rows:
        values = json.loads(source_row, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
        assert values["source_row_number"] <= company.counts[table] + len(DAMAGES) + 9, (table, reason)
    texts = [row[2] for row in rows]
    for words in ("drop schema core cascade", "2025-13-01", "1749556800", '"nan"', "-inf"):
        assert any(words in text for text in texts), words


KEPT = {
    "items": "item_id",
    "locations": "location_id",
    "prices": "item_id, location_id, price_type, valid_from",
    "movements": "movement_id",
    "signals": "signal, series, entity_type, entity_id, observed_on, known_on",
    "on_hand": "item_id, location_id, valuation_date",
    "valuation_dates": "valuation_date",
}
NUMBERED = {"movements": "movement_number, linked_movement_number"}


@pytest.mark.parametrize("table", KEPT)
def test_undamaged_rows_give_the_same(built, table):
    columns = f"* exclude ({NUMBERED[table]})" if table in NUMBERED else "*"
    missing = built.sql(
        f"select {columns} from clean.core.{table} except all select {columns} from damaged.core.{table}"
    ).fetchall()
    assert missing == []
    assert built.sql(f"select count(*) from clean.core.{table}").fetchall()[0][0] > 0
    changed = built.sql(
        f"select {columns} from damaged.core.{table} semi join clean.core.{table} using ({KEPT[table]}) "
        f"except all select {columns} from clean.core.{table}"
    ).fetchall()
    assert changed == []


def test_movements_are_linked_as_before(built):
    def links(build):
        return (
            f"select one.movement_id, other.movement_id as linked_id from {build}.core.movements as one "
            f"left join {build}.core.movements as other on one.linked_movement_number = other.movement_number"
        )

    assert built.sql(f"{links('clean')} except {links('damaged')}").fetchall() == []


@pytest.mark.parametrize("table", sorted({damage.table for damage in DAMAGES}))
def test_undamaged_rows_are_judged_and_staged_alike(company, built, table):
    unused = "(select * exclude (source_row) from {}.staging.int_unused_rows where table_name = '" + table + "')"
    for rows in ("{}.staging.stg_" + table, unused):
        clean, damaged = (
            f"select * from {rows.format(build)} where source_row_number <= {company.counts[table]}"
            for build in ("clean", "damaged")
        )
        assert built.sql(f"({clean}) except all ({damaged})").fetchall() == []
        assert (
            built.sql(f"select count(*) from ({damaged})").fetchall()
            == built.sql(f"select count(*) from ({clean})").fetchall()
        )


def test_the_reconciliation_holds(company, built):
    rows = built.sql("select * from damaged.core.row_reconciliation")
    added = dict.fromkeys(company.counts, 0)
    for damage in DAMAGES:
        added[damage.table] += len(damage.rows)
    for row in rows.fetchall():
        told = dict(zip(rows.columns, row, strict=True))
        table = told["table_name"]
        for kind in ("rows", "amount"):
            parts = [told[f"{kind}_{part}"] for part in ("used", "merged", "quarantined", "set_aside")]
            assert told[f"{kind}_in"] == sum(parts), table
        assert told["rows_in"] == company.counts.get(table, 0) + added.get(table, 0), table
    said = company.answers["damaged"]["said"]
    assert "every_row_is_accounted_for" in said


def test_of_overlapping_prices_the_later_holds_from_its_first_day(built):
    found = built.sql(
        "select cast(valid_from as varchar), cast(valid_to as varchar), cast(unit_price as double) "
        "from damaged.core.prices where item_id = 'HOSTILE-1' order by valid_from"
    ).fetchall()
    assert found == [("2025-01-01", "2025-02-28", 12.0), ("2025-03-01", "2025-08-31", 11.0)]


@pytest.mark.parametrize("fault", SPOILT, ids=lambda fault: fault.name)
def test_a_spoilt_file_is_refused_with_a_sentence(company, fault, tmp_path):
    spoilt = shutil.copytree(company.whole, tmp_path / "spoilt")
    fault.spoil(spoilt)
    with duckdb.connect() as connection:
        faults = prepare_sources(connection, project_variables(source_path=str(spoilt)), tmp_path / "copies")
        assert connection.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]
    said = " ".join(faults)
    for sentence in fault.sentences:
        assert sentence in said
