"""The page docs/one_position.md: its words stand in one_position.jinja, its numbers are asked from a build's tables.

    PYTHONPATH=tests/project python tests/project/one_position.py BUILD.duckdb

writes it anew, from a build of the small company of the tests (conftest.py).
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import jinja2

TEMPLATE = Path(__file__).with_suffix(".jinja")
PAGE = Path(__file__).parents[2] / "docs/one_position.md"


def number(value: float | Decimal, digits: int) -> str:
    """A number with its thousands set apart; what rounds to nothing has no sign."""
    shown = f"{value:,.{digits}f}"
    return shown.lstrip("-") if not shown.strip("-0.,") else shown.replace("-", "\N{MINUS SIGN}")


def page(connection: duckdb.DuckDBPyConnection) -> str:
    """The page as a build tells it."""

    def rows(query: str) -> list[dict[str, object]]:
        found = connection.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    def row(query: str) -> dict[str, object]:
        (only,) = rows(query)
        return only

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    environment.filters["of"] = number
    return environment.from_string(TEMPLATE.read_text()).render(rows=rows, row=row)


if __name__ == "__main__":
    with duckdb.connect(sys.argv[1], read_only=True) as build:
        PAGE.write_text(page(build))
