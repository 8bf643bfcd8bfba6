"""Publishing: the public relations, copied into the file that people and reports open, in one step.

What builds remember is copied into a file beside it in the same way, for the day on which the build's own file is lost.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypedDict

from duckdb import DuckDBPyConnection

# A file of this version opens in DuckDB 1.2 and later. Most tables are small, and a column fills a block at least:
# smaller blocks make the demo's file a fifth smaller.
STORAGE_VERSION = "v1.2.0"
BLOCK_SIZE = 65536

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

    Who holds the old file open keeps reading it as it was; who opens it from now on sees the new one. A process
    killed in between leaves the old file, and a `.new` file beside it that the next run overwrites.

    Args:
        connection: to the build's database.
        relations: what to publish. A view stays one, and may read only what is published too.
        target: the published file, or that of the memories.

    Returns:
        The number of relations published.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    for leftover in (new, new.with_name(new.name + ".wal")):
        leftover.unlink(missing_ok=True)
    connection.execute(
        f"attach {_text(str(new))} as published (storage_version {_text(STORAGE_VERSION)}, block_size {BLOCK_SIZE})"
    )
    try:
        connection.execute("begin")
        views = _views(connection)
        for relation in relations:
            if (relation["schema"], relation["name"]) not in views:
                _copy(connection, relation)
        for relation in relations:
            if (relation["schema"], relation["name"]) in views:
                _repeat_view(connection, relation, views[relation["schema"], relation["name"]])
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
    connection.execute(f"attach {_text(str(source))} as published (read_only)")
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


def _views(connection: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """The definition of every view in the build's database, by schema and name."""
    found = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() where database_name = current_database()"
    ).fetchall()
    return {(schema, name): definition for schema, name, definition in found}


def _copy(connection: DuckDBPyConnection, relation: Relation) -> None:
    source = f"{_name(relation['schema'])}.{_name(relation['name'])}"
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


def _place(connection: DuckDBPyConnection, relation: Relation) -> str:
    """Where a relation stands in the published file, whose schema is made if it is not there."""
    connection.execute(f"create schema if not exists published.{_name(relation['schema'])}")
    return f"published.{_name(relation['schema'])}.{_name(relation['name'])}"


def _comment(connection: DuckDBPyConnection, relation: Relation, kind: str) -> None:
    place = _place(connection, relation)
    connection.execute(f"comment on {kind} {place} is {_text(relation['description'])}")
    present = connection.execute(f"describe {place}").fetchall()
    for column in (row[0] for row in present if row[0] in relation["columns"]):
        connection.execute(f"comment on column {place}.{_name(column)} is {_text(relation['columns'][column])}")


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _text(word: str) -> str:
    return "'" + word.strip().replace("'", "''") + "'"
