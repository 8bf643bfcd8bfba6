"""What a build needs of its process: one build at a time in a file, and publishing when all has passed."""

from __future__ import annotations

import fcntl
import json
import os
from inspect import signature
from pathlib import Path
from typing import IO, Any

# Before any model imports xgboost: idle OpenMP workers that spin slow two cores down by 4 to 16 times.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection
from duckdb.sqltypes import VARCHAR

from inventory_valuation.books.sealed import lay_out, sealed_folder
from inventory_valuation.building.changes import (
    EVERYTHING,
    NOTHING,
    Prints,
    definition_of,
    first_change,
    forget_table,
    open_record,
    present_reads,
    record_table,
)
from inventory_valuation.provenance import project_hash
from inventory_valuation.publishing.memory import (
    forget_failed_builds,
    remember_all,
    remember_build,
    remember_publication,
)
from inventory_valuation.publishing.relations import publish_relations, take_over_tables
from inventory_valuation.sources.contract import input_tables
from inventory_valuation.sources.judging import judged_rows
from inventory_valuation.sources.preparing import prepare_sources
from inventory_valuation.summary import summary_of

_locks: dict[Path, IO[str]] = {}


class Plugin(BasePlugin):
    """Loaded by profiles.yml; dbt-duckdb calls its methods when it opens the database file."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Make the file's folder, and refuse to start beside another build.

        Raises:
            DbtRuntimeError: another process builds in the same file.
        """
        if creds.path != ":memory:":
            claim_file(Path(creds.path))

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Give SQL the functions by which macros call the library: those of `_Calls`, by their names."""
        calls = _Calls(conn)
        for name in (name for name in vars(_Calls) if not name.startswith("_")):
            call = getattr(calls, name)
            words = [VARCHAR] * len(signature(call).parameters)
            conn.create_function(name, call, words, VARCHAR, side_effects=True)


class _Calls:
    """What macros call: each takes words and gives words, and works on a cursor of its own."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        # Of tables that are being made: definition, day on which a row is known, and what was read.
        self._pending: dict[str, tuple[str, str | None, Prints | None]] = {}
        with connection.cursor() as cursor:
            open_record(cursor)

    def publish_relations(self, relations: str, target: str) -> str:
        with self._connection.cursor() as cursor:
            count = publish_relations(cursor, json.loads(relations), Path(target))
        return f"Published {count} relations to {target}"

    def build_summary(self, target: str) -> str:
        with self._connection.cursor() as cursor:
            return summary_of(cursor, target)

    def prepare_sources(self, variables: str, policies: str) -> str:
        copies = Path(creds_path(self._connection)).with_suffix(".sources")
        files = {name: Path(path) for name, path in json.loads(policies).items()}
        with self._connection.cursor() as cursor:
            return "\n".join(prepare_sources(cursor, json.loads(variables), copies, files))

    def judged_rows(self, table: str, relations: str) -> str:
        return judged_rows(input_tables()[table], json.loads(relations))

    def take_over_tables(self, schema: str, tables: str, source: str) -> str:
        with self._connection.cursor() as cursor:
            return json.dumps(take_over_tables(cursor, schema, json.loads(tables), Path(source)))

    def project_hash(self, root: str) -> str:
        return project_hash(Path(root))

    def forget_failed_builds(self, memories: str) -> str:
        with self._connection.cursor() as cursor:
            return json.dumps(forget_failed_builds(cursor, json.loads(memories)))

    def remember_build(self, build: str) -> str:
        with self._connection.cursor() as cursor:
            remember_build(cursor, build)
        return build

    def remember_publication(self, build: str, set_of_books: str) -> str:
        with self._connection.cursor() as cursor:
            remember_publication(cursor, build, set_of_books)
        return build

    def lay_out_closed_periods(self, set_of_books: str, tables: str) -> str:
        with self._connection.cursor() as cursor:
            return "\n".join(lay_out(cursor, sealed_folder(), set_of_books, json.loads(tables)))

    def remember_all(self, memories: str) -> str:
        with self._connection.cursor() as cursor:
            remember_all(cursor, json.loads(memories))
        return "Remembered"

    def first_change(self, table: str, model: str) -> str:
        """What a table reads is looked at once, before it is made: what comes later is for the next build."""
        described = json.loads(model)
        with self._connection.cursor() as cursor:
            reads = present_reads(cursor, table, described["query"])
            code = [described["code"], described["known_by"], described["columns"]]
            definition = definition_of(code, described["language"])
            change = first_change(cursor, table, definition, reads) if described["may_stand"] else EVERYTHING
            if change != NOTHING:
                forget_table(cursor, table)
                self._pending[table] = (definition, described["known_by"], reads)
        return change

    def record_table(self, table: str) -> str:
        with self._connection.cursor() as cursor:
            record_table(cursor, table, *self._pending.pop(table))
        return table


def creds_path(connection: DuckDBPyConnection) -> str:
    """The file of a connection's database; a name in the working directory where it is in memory."""
    rows = connection.execute("select path from duckdb_databases() where database_name = current_database()").fetchall()
    return rows[0][0] or "memory"


def claim_file(path: Path) -> None:
    """Hold a database file for this process until it ends, however it ends.

    Raises:
        DbtRuntimeError: another process holds it.
    """
    path = path.resolve()
    if path in _locks:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DbtRuntimeError(
            f"Another build is at work in {path}: wait for it to end, or name another file in INVENTORY_DB."
        ) from None
    _locks[path] = lock
