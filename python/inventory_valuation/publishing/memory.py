"""What builds remember from one to the next, and that only a build which passed is remembered.

Some tables only grow: each of their rows names the build that wrote it. A build that passed is entered in a register at
its end. What any other build wrote, failed or killed, is taken out before the next one begins. A build that published
says so too, until the next one begins: only what was published can be closed.
"""

from __future__ import annotations

from typing import TypedDict

from duckdb import DuckDBPyConnection

REGISTER = "remembered.passed_builds"
PUBLISHED = "remembered.published_build"


class Memory(TypedDict):
    """A table that only grows: where it stands, and its column that names the build which wrote a row."""

    schema: str
    table: str
    builder: str


def forget_failed_builds(connection: DuckDBPyConnection, memories: list[Memory]) -> dict[str, int]:
    """Take out what builds wrote that did not pass.

    Args:
        connection: to the build's database.
        memories: all tables that only grow; those that are not there yet have nothing to forget.

    Returns:
        How many rows were taken out, by table. A file that has no register yet comes from an earlier version of the
        project, or is new: what it holds is remembered.
    """
    present = _present(connection, memories)
    taken_out = {}
    connection.execute("begin")
    try:
        connection.execute("create schema if not exists remembered")
        connection.execute(f"create or replace table {PUBLISHED} (build_id varchar, set_of_books varchar)")
        if not _columns(connection, *REGISTER.split(".")):
            connection.execute(f"create table {REGISTER} (build_id varchar primary key)")
            _enter(connection, present)
        for memory in present:
            (deleted,) = connection.execute(
                f"delete from {_place(memory)} where {memory['builder']} not in (select build_id from {REGISTER})"
            ).fetchall()
            if deleted[0]:
                taken_out[f"{memory['schema']}.{memory['table']}"] = deleted[0]
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return taken_out


def remember_build(connection: DuckDBPyConnection, build: str) -> None:
    """Enter a build that passed in the register."""
    connection.execute(f"insert or ignore into {REGISTER} values (?)", [build])


def remember_publication(connection: DuckDBPyConnection, build: str, set_of_books: str) -> None:
    """Say that the file holds what a build published, and of whose books."""
    connection.execute(f"insert into {PUBLISHED} values (?, ?)", [build, set_of_books])


def remember_all(connection: DuckDBPyConnection, memories: list[Memory]) -> None:
    """Enter all builds that wrote what the tables hold now: what was taken over from another file had passed."""
    _enter(connection, _present(connection, memories))


def _enter(connection: DuckDBPyConnection, memories: list[Memory]) -> None:
    for memory in memories:
        builder = memory["builder"]
        wrote = f"select distinct {builder} from {_place(memory)} where {builder} is not null"
        connection.execute(f"insert or ignore into {REGISTER} {wrote}")


def _present(connection: DuckDBPyConnection, memories: list[Memory]) -> list[Memory]:
    return [one for one in memories if one["builder"] in _columns(connection, one["schema"], one["table"])]


def _columns(connection: DuckDBPyConnection, schema: str, table: str) -> list[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = ? and table_name = ?",
        [schema, table],
    )
    return [name for (name,) in found.fetchall()]


def _place(memory: Memory) -> str:
    return f'"{memory["schema"]}"."{memory["table"]}"'
