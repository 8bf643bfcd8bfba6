"""Publishing: the public relations, copied into the file that people and reports open, in one step."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypedDict

from duckdb import DuckDBPyConnection

# A file of this version opens in DuckDB 1.2 and later.
STORAGE_VERSION = "v1.2.0"


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
        relations: what to publish; a view becomes a table.
        target: the published file.

    Returns:
        The number of relations published.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    for leftover in (new, new.with_name(new.name + ".wal")):
        leftover.unlink(missing_ok=True)
    connection.execute(f"attach {_text(str(new))} as published (storage_version {_text(STORAGE_VERSION)})")
    try:
        connection.execute("begin")
        for relation in relations:
            _copy(connection, relation)
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
    """Copy tables of a published file into the build's database, all of them or none.

    Args:
        connection: to the build's database.
        schema: of the tables in both.
        tables: their names; those that the build's database has are replaced.
        source: the published file; it may be absent, or of a version that has no such tables.

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


def _copy(connection: DuckDBPyConnection, relation: Relation) -> None:
    schema, name = _name(relation["schema"]), _name(relation["name"])
    connection.execute(f"create schema if not exists published.{schema}")
    connection.execute(f"create table published.{schema}.{name} as from {schema}.{name}")
    connection.execute(f"comment on table published.{schema}.{name} is {_text(relation['description'])}")
    present = connection.execute(f"describe published.{schema}.{name}").fetchall()
    for column in (row[0] for row in present if row[0] in relation["columns"]):
        connection.execute(
            f"comment on column published.{schema}.{name}.{_name(column)} is {_text(relation['columns'][column])}"
        )


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _text(word: str) -> str:
    return "'" + word.strip().replace("'", "''") + "'"
