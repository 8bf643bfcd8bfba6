"""`inventory-valuation publish-postgres URI`: the published relations in PostgreSQL, where BI tools look.

Everything is loaded into schemas beside those that people read (`marts__new`), counted and summed against the published
file, and then all schemas are renamed in one transaction. A reader sees the old tables or the new ones, never a mix.
What was replaced stays as `marts__old` until the next run. Views that people built on our tables are never dropped:
where there are some, nothing is published, and they are named.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from inventory_valuation.provenance import file_hash
from inventory_valuation.publishing.relations import published_file

_BLOCK = 1 << 20
_LOCK_TIMEOUT = "5s"  # rather give up than queue before the readers of a busy table
_TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "HUGEINT": "numeric",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BLOB": "bytea",
}


class PeoplesViewsError(Exception):
    """Views of others stand on the tables that would be replaced."""


@dataclass(frozen=True)
class Table:
    """A published table: where it stands, its columns with their types in DuckDB, and what its readers are told."""

    schema: str
    name: str
    columns: Sequence[tuple[str, str, str | None]]
    comment: str | None

    @property
    def amounts(self) -> list[str]:
        """Its exact columns, whose sums are compared."""
        return [name for name, kind, _ in self.columns if kind.startswith(("DECIMAL", "BIGINT", "INTEGER", "HUGEINT"))]


def publish(published: Path, uri: str, readers: str | None = None) -> tuple[str, int, int]:
    """Replace the tables of a PostgreSQL database by those of a published file.

    Args:
        published: the published file.
        uri: of the database, as postgresql://user@host/name.
        readers: a role that may read all tables; none: nobody is granted anything.

    Returns:
        The build's id, which every table carries, the number of tables and of rows.

    Raises:
        PeoplesViewsError: views stand on the tables; the sentence names them.
        ValueError: a table arrived with other rows or sums than it has.
    """
    build_id = file_hash(published)[:16]  # the first digits of the file's SHA-256
    with duckdb.connect(published, read_only=True) as source, psycopg.connect(uri) as target:
        tables = tables_of(source)
        schemas = sorted({table.schema for table in tables})
        _refuse_where_views_would_fall(target, schemas)
        _begin_anew(target, schemas)
        rows = sum(_load(source, target, table, build_id) for table in tables)
        _swap(target, schemas, readers)
    return build_id, len(tables), rows


def tables_of(source: duckdb.DuckDBPyConnection) -> list[Table]:
    """The tables of a published file; a view is a question for the file itself."""
    columns = source.execute(
        """select schema_name, table_name, list((column_name, data_type, comment) order by column_index)
        from duckdb_columns() where not internal group by all"""
    ).fetchall()
    comments = source.execute(
        "select schema_name, table_name, comment from duckdb_tables() where schema_name <> 'main' order by 1, 2"
    ).fetchall()
    found = {(schema, name): told for schema, name, told in columns}
    return [Table(schema, name, found[schema, name], comment) for schema, name, comment in comments]


def _refuse_where_views_would_fall(target: psycopg.Connection, schemas: list[str]) -> None:
    """Views in other schemas on our tables, those of the last run that are still called old among them."""
    ours = [name for schema in schemas for name in (schema, f"{schema}__old")]
    found = target.execute(
        """
        select distinct views.relnamespace::regnamespace::text || '.' || views.relname
        from pg_depend as depends
        join pg_rewrite as rules on rules.oid = depends.objid
        join pg_class as views on views.oid = rules.ev_class
        join pg_class as tables on tables.oid = depends.refobjid and tables.oid <> views.oid
        where tables.relnamespace::regnamespace::text = any(%s) and views.relnamespace::regnamespace::text <> all(%s)
        order by 1
        """,
        [ours, ours],
    ).fetchall()
    if found:
        raise PeoplesViewsError(
            f"Nothing was published: {', '.join(name for (name,) in found)} stand on these tables and would go on "
            "showing the old ones. Drop them, publish, and create them again."
        )
    target.rollback()


def _begin_anew(target: psycopg.Connection, schemas: list[str]) -> None:
    """Drop what the run before replaced and what a killed run left, and make empty schemas."""
    with target.transaction():
        target.execute(sql.SQL("set local lock_timeout = {}").format(_LOCK_TIMEOUT))
        for schema in schemas:
            for suffix in ("__old", "__new"):
                name = sql.Identifier(schema + suffix)
                target.execute(sql.SQL("drop schema if exists {} cascade").format(name))
            target.execute(sql.SQL("create schema {}").format(sql.Identifier(f"{schema}__new")))


def _load(source: duckdb.DuckDBPyConnection, target: psycopg.Connection, table: Table, build_id: str) -> int:
    """Make a table, copy its rows, and compare their number and sums.

    Returns:
        The number of rows.
    """
    place = sql.Identifier(f"{table.schema}__new", table.name)
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_type_of(kind))) for name, kind, _ in table.columns
    ]
    with target.transaction(), tempfile.TemporaryDirectory() as folder:
        target.execute(sql.SQL("create table {} ({})").format(place, sql.SQL(", ").join(columns)))
        file = Path(folder) / "rows.csv"
        quoted = ", ".join(f'"{name}"' for name, kind, _ in table.columns if kind == "VARCHAR")
        # A text is quoted and nothing else: an empty text arrives as such, and what is unknown as null.
        options = f"header false{f', force_quote ({quoted})' if quoted else ''}"
        written = ", ".join(_as_text(name) if kind == "BLOB" else f'"{name}"' for name, kind, _ in table.columns)
        query = f'select {written} from "{table.schema}"."{table.name}"'
        source.execute(f"copy ({query}) to '{file}' (format csv, {options})")
        command = sql.SQL("copy {} from stdin (format csv)").format(place)
        with target.cursor().copy(command) as copy, file.open("rb") as lines:
            while block := lines.read(_BLOCK):
                copy.write(block)
        _compare(source, target, table)
        target.execute(
            sql.SQL("alter table {} add column build_id text not null default {}").format(place, sql.Literal(build_id))
        )
        _comment(target, place, table)
        (rows,) = target.execute(sql.SQL("select count(*) from {}").format(place)).fetchone()
    return rows


def _as_text(name: str) -> str:
    """Bytes as PostgreSQL reads them."""
    return f"""'\\x' || hex("{name}") as "{name}\""""


def _type_of(kind: str) -> str:
    return kind.replace("DECIMAL", "numeric") if kind.startswith("DECIMAL") else _TYPES[kind]


def _compare(source: duckdb.DuckDBPyConnection, target: psycopg.Connection, table: Table) -> None:
    """Count and sums on both sides, exact."""
    sums = ", ".join(["count(*)", *(f'coalesce(sum("{name}"), 0)' for name in table.amounts)])
    here = source.execute(f'select {sums} from "{table.schema}"."{table.name}"').fetchone()
    there = target.execute(f'select {sums} from "{table.schema}__new"."{table.name}"').fetchone()
    if [*here] != [*there]:
        raise ValueError(f"{table.schema}.{table.name} arrived as {there} and is {here}: nothing was published.")


def _comment(target: psycopg.Connection, place: sql.Identifier, table: Table) -> None:
    if table.comment:
        target.execute(sql.SQL("comment on table {} is {}").format(place, sql.Literal(table.comment)))
    for name, _, comment in table.columns:
        if comment:
            column = sql.SQL(".").join([place, sql.Identifier(name)])
            target.execute(sql.SQL("comment on column {} is {}").format(column, sql.Literal(comment)))


def _swap(target: psycopg.Connection, schemas: list[str], readers: str | None) -> None:
    """Grant, and rename all schemas at once."""
    with target.transaction():
        target.execute(sql.SQL("set local lock_timeout = {}").format(_LOCK_TIMEOUT))
        there = {name for (name,) in target.execute("select nspname from pg_namespace").fetchall()}
        for schema in schemas:
            fresh = sql.Identifier(f"{schema}__new")
            if readers:
                role = sql.Identifier(readers)
                target.execute(sql.SQL("grant usage on schema {} to {}").format(fresh, role))
                target.execute(sql.SQL("grant select on all tables in schema {} to {}").format(fresh, role))
            rename = sql.SQL("alter schema {} rename to {}")
            if schema in there:
                target.execute(rename.format(sql.Identifier(schema), sql.Identifier(f"{schema}__old")))
            target.execute(rename.format(fresh, sql.Identifier(schema)))


def main(words: list[str] | None = None) -> int:
    """Run the command line; 1 where nothing was published."""
    parser = argparse.ArgumentParser(prog="inventory-valuation publish-postgres", description=__doc__.splitlines()[0])
    parser.add_argument("uri", nargs="?", default=os.environ.get("INVENTORY_POSTGRES_URI"), help="postgresql://…")
    parser.add_argument("--published", type=Path, default=published_file())
    parser.add_argument("--readers", help="a role that may read all tables")
    given = parser.parse_args(words)
    if not given.uri:
        parser.error("name the database: make publish-postgres URI=postgresql://user@host/name")
    try:
        build_id, tables, rows = publish(given.published, given.uri, given.readers)
    except (PeoplesViewsError, ValueError, psycopg.Error) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{tables} tables with {rows:,} rows published to PostgreSQL; build_id {build_id}")
    return 0
