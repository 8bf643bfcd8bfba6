"""What every part of the library asks of DuckDB in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection


def rows_of(
    connection: DuckDBPyConnection, query: str, values: Sequence[object] | Mapping[str, object] = ()
) -> list[dict[str, Any]]:
    """The rows of a query, each by the names of its columns.

    Args:
        connection: where to ask.
        query: with a `?` or a `$name` for each value.
        values: what stands for them.
    """
    found = connection.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def literal(value: object) -> str:
    """A text, a path or a truth value as SQL writes it.

    >>> literal("O'Brien"), literal(True)
    ("'O''Brien'", 'true')
    """
    return str(value).lower() if isinstance(value, bool) else "'" + str(value).replace("'", "''") + "'"
