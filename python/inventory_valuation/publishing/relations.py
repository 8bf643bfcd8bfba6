"""Publishing: the public relations, copied into the file that people and reports open, in one step.

What builds remember is copied into a file beside it in the same way, for the day on which the build's own file is lost.
A relation that holds what it held when the present file was written is not copied again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TypedDict

import duckdb
from duckdb import DuckDBPyConnection

from inventory_valuation.building.changes import held_by, open_record
from inventory_valuation.queries import literal

# A file of this version opens in DuckDB 1.2 and later. Most tables are small, and a column fills a block at least:
# smaller blocks make the demo's file a fifth smaller.
STORAGE_VERSION = "v1.2.0"
BLOCK_SIZE = 65536

# A table that is made anew in a file leaves its old blocks free. Where less than this share of all cells stays, the
# whole file is written anew, so that no file holds more free blocks than full ones.
LEAST_KEPT = 0.5

# Rows of one date and position stand together: like values compress, and a question for a position reads few blocks.
DATES = ("valuation_date", "period_end")
PLACES = ("item_id", "location_id", "costing_method", "method")


def published_file() -> Path:
    """The file that readers open."""
    return Path(os.environ.get("INVENTORY_PUBLISHED_DB", "warehouse/inventory_valuation.duckdb"))


class Relation(TypedDict):
    """A public relation: where it stands, and what its readers are told."""

    schema: str
    name: str
    description: str
    columns: dict[str, str]


def publish_relations(connection: DuckDBPyConnection, relations: list[Relation], target: Path) -> int:
    """Copy relations with their comments into a new file, then put it in the published file's place.

    The new file begins as a copy of the old one where most of it stays as it is; where all of it does, nothing is done.
    Who holds the old file open keeps reading it as it was; who opens it from now on sees the new one. A process
    killed in between leaves the old file, and a `.new` file beside it that the next run overwrites.

    Args:
        connection: to the build's database.
        relations: what to publish. A view stays one, and may read only what is published too.
        target: the published file, or that of the memories.

    Returns:
        The number of relations published.
    """
    views = _views(connection)
    prints = _fingerprints(connection, relations, views)
    published = _published(connection, target)
    if published == prints:
        return len(relations)
    kept = _kept(connection, prints, published)
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    for leftover in (new, new.with_name(new.name + ".wal")):
        leftover.unlink(missing_ok=True)
    if kept:
        shutil.copyfile(target, new)
    form = "" if kept else f" (storage_version {literal(STORAGE_VERSION)}, block_size {BLOCK_SIZE})"
    connection.execute(f"attach {literal(new)} as published{form}")
    try:
        connection.execute("begin")
        if kept:
            _drop(connection, kept)
        anew = [relation for relation in relations if _key(relation) not in kept]
        for relation in anew:
            if _key(relation) not in views:
                _copy(connection, relation)
        for relation in anew:
            if _key(relation) in views:
                _repeat_view(connection, relation, views[_key(relation)])
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    finally:
        # Detaching writes everything into the one file.
        connection.execute("detach published")
    with new.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(new, target)
    _record(connection, target, prints)
    return len(relations)


def take_over_tables(connection: DuckDBPyConnection, schema: str, tables: list[str], source: Path) -> list[str]:
    """Copy tables of the file of memories into the build's database, all of them or none.

    Args:
        connection: to the build's database.
        schema: of the tables in both.
        tables: their names; those that the build's database has are replaced.
        source: the file of memories; it may be absent, or of a version that has no such tables.

    Returns:
        The tables taken over: none where the published file lacks any of them.
    """
    if not source.exists():
        return []
    connection.execute(f"attach {literal(source)} as published (read_only)")
    try:
        connection.execute("begin")
        found = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'published' and schema_name = ?", [schema]
        ).fetchall()
        if not set(tables) <= {name for (name,) in found}:
            connection.execute("rollback")
            return []
        connection.execute(f"create schema if not exists {_name(schema)}")
        for table in tables:
            place = f"{_name(schema)}.{_name(table)}"
            connection.execute(f"create or replace table {place} as from published.{place}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    finally:
        connection.execute("detach published")
    return tables


def _key(relation: Relation) -> str:
    return f"{relation['schema']}.{relation['name']}"


def _fingerprints(connection: DuckDBPyConnection, relations: list[Relation], views: dict[str, str]) -> dict[str, str]:
    """By relation, a hash of what it holds, of its columns, of what readers are told, and of how it is written."""
    open_record(connection)
    held = held_by(connection, {_key(relation) for relation in relations} - views.keys())
    prints = {}
    for relation in relations:
        key = _key(relation)
        columns = connection.execute(f"select * from {_source(relation)} limit 0").description
        holds = views[key] if key in views else held[key]
        form = [duckdb.__version__, STORAGE_VERSION, BLOCK_SIZE, DATES, PLACES]
        told = json.dumps([form, relation, [str(column[:2]) for column in columns], holds], sort_keys=True)
        prints[key] = hashlib.sha256(told.encode()).hexdigest()
    return prints


def _published(connection: DuckDBPyConnection, target: Path) -> dict[str, str]:
    """What the published file holds, by relation; nothing where another hand wrote it, or it is gone."""
    connection.execute(
        "create table if not exists remembered.published_relations "
        "(file varchar, stamp varchar, relation varchar, fingerprint varchar)"
    )
    if not target.exists():
        return {}
    found = connection.execute(
        "select relation, fingerprint from remembered.published_relations where file = ? and stamp = ?",
        [str(target.resolve()), _stamp(target)],
    )
    return dict(found.fetchall())


def _kept(connection: DuckDBPyConnection, prints: dict[str, str], published: dict[str, str]) -> set[str]:
    """The relations that need not be copied: none where that is less than half of all cells."""
    sizes = dict(
        connection.execute(
            "select schema_name || '.' || table_name, estimated_size * column_count from duckdb_tables() "
            "where database_name = current_database()"
        ).fetchall()
    )
    kept = {key for key, fingerprint in prints.items() if published.get(key) == fingerprint}
    cells = sum(sizes.get(key, 0) for key in prints)
    return kept if sum(sizes.get(key, 0) for key in kept) > LEAST_KEPT * cells else set()


def _record(connection: DuckDBPyConnection, target: Path, prints: dict[str, str]) -> None:
    """Write down what the file holds that was just put in place."""
    place = str(target.resolve())
    connection.execute("begin")
    connection.execute("delete from remembered.published_relations where file = ?", [place])
    connection.executemany(
        "insert into remembered.published_relations values (?, ?, ?, ?)",
        [(place, _stamp(target), key, fingerprint) for key, fingerprint in prints.items()],
    )
    connection.execute("commit")


def _stamp(file: Path) -> str:
    """What tells this very file from any other that may stand in its place."""
    found = file.stat()
    return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}"


def _drop(connection: DuckDBPyConnection, kept: set[str]) -> None:
    """Take all out of the new file but what stays as it is."""
    for kind, schema, name in connection.execute(
        "select 'view', schema_name, view_name from duckdb_views() where database_name = 'published' and not internal "
        "union all select 'table', schema_name, table_name from duckdb_tables() where database_name = 'published' "
        "order by 1 desc"
    ).fetchall():
        if f"{schema}.{name}" not in kept:
            connection.execute(f"drop {kind} published.{_name(schema)}.{_name(name)}")


def _views(connection: DuckDBPyConnection) -> dict[str, str]:
    """The definition of every view in the build's database, by its name with its schema."""
    found = connection.execute(
        "select schema_name || '.' || view_name, sql from duckdb_views() where database_name = current_database()"
    ).fetchall()
    return dict(found)


def _copy(connection: DuckDBPyConnection, relation: Relation) -> None:
    source = _source(relation)
    columns = [column for (column, *_) in connection.execute(f"describe {source}").fetchall()]
    dates = [column for column in DATES if column in columns]
    places = [column for column in PLACES if column in columns]
    order = f" order by {', '.join(dates + places)}" if dates else ""
    connection.execute(f"create table {_place(connection, relation)} as from {source}{order}")
    _comment(connection, relation, "table")


def _repeat_view(connection: DuckDBPyConnection, relation: Relation, definition: str) -> None:
    """Make the view again where its names, which say no database, are those of the published file."""
    _place(connection, relation)
    (home,) = connection.execute("select current_database()").fetchall()
    connection.execute("use published")
    try:
        connection.execute(definition)
    finally:
        connection.execute(f"use {_name(home[0])}")
    _comment(connection, relation, "view")


def _source(relation: Relation) -> str:
    """Where a relation stands in the build's database."""
    return f"{_name(relation['schema'])}.{_name(relation['name'])}"


def _place(connection: DuckDBPyConnection, relation: Relation) -> str:
    """Where a relation stands in the published file, whose schema is made if it is not there."""
    connection.execute(f"create schema if not exists published.{_name(relation['schema'])}")
    return f"published.{_name(relation['schema'])}.{_name(relation['name'])}"


def _comment(connection: DuckDBPyConnection, relation: Relation, kind: str) -> None:
    place = _place(connection, relation)
    connection.execute(f"comment on {kind} {place} is {literal(relation['description'].strip())}")
    present = connection.execute(f"describe {place}").fetchall()
    for column in (row[0] for row in present if row[0] in relation["columns"]):
        connection.execute(
            f"comment on column {place}.{_name(column)} is {literal(relation['columns'][column].strip())}"
        )


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
