"""The model document: what an examiner asks of a model, told from the tables of a published build.

`inventory-valuation model-document` writes it. Its text stands in `model_document.md`, in the order of SR 11-7:
purpose, the practice before, data, method, assumptions, performance, sensitivity, limits, oversight. Figures, policies
and runs are queries there, so that the document is as old as the figures it speaks of.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from inventory_valuation.publishing.relations import published_file

Cell = str | int | float | Decimal | date | datetime | bool | None
TEMPLATE = Path(__file__).with_suffix(".md")
_QUERY = re.compile(r"^```sql (\S+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def model_document(connection: DuckDBPyConnection, template: str | None = None) -> str:
    """The model document of a build.

    Args:
        connection: to the published file, or to a build's database.
        template: Markdown in which a block "```sql schema.relation" is a query; the project's own if not given.

    Returns:
        The Markdown with a table in the place of every query, or a word where the build has no such relation.
    """
    relations = connection.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()

    def answered(block: re.Match[str]) -> str:
        relation, query = block.groups()
        if (relation,) not in relations:
            return f"This build has no `{relation}`."
        found = connection.execute(query)
        return markdown_table([column[0] for column in found.description], found.fetchall())

    return _QUERY.sub(answered, TEMPLATE.read_text() if template is None else template)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Rows as a Markdown table; 'None.' where there are none."""
    lines = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) if rows else "None."


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(str(value).replace("|", "\\|").split())


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="inventory-valuation model-document", description=__doc__)
    parser.add_argument("--published", type=Path, default=published_file())
    parser.add_argument("--out", type=Path, default=Path("warehouse/model_document.md"))
    given = parser.parse_args(arguments)
    with duckdb.connect(given.published, read_only=True) as connection:
        text = model_document(connection)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(text)
    print(f"Model document: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
