"""Hand a period's journals to a finance system, as a CSV file in its own layout.

    inventory-valuation journal --layout sap --period 2026-06-30

The framework is the one that the build was made for (var `accounting_framework`), unless another is named. The layouts
stand in the seed `journal_layouts`. Books are kept in ten-thousandths; a ledger takes cents: each side of a journal is
rounded along its running sum, so that debits and credits still agree.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from inventory_valuation.queries import rows_of

CENT = Decimal("0.01")
SIDES = ("debit", "credit")
# A journal's name in the 16 characters that ledgers leave for a reference.
KINDS = {
    "addition": "ADD",
    "relieved_by_sale": "SALE",
    "relieved_by_scrap": "SCRAP",
    "reversal": "REV",
    "transferred": "MOVE",
    "commitment_addition": "COMADD",
    "commitment_release": "COMREL",
}
BOOKS = {"us_gaap": "US", "ifrs": "IF"}

# What a column of a layout may hold.
SOURCES = (
    *("journal_id", "period_end", "framework", "entry_kind", "account_code", "location_id", "item_id", "description"),
    *("currency", "amount", "line_no", "side", "debit_amount", "credit_amount", "reference"),
)

_LINES = """
    select
        lines.journal_id,
        lines.period_end,
        lines.framework,
        lines.entry_kind,
        lines.account_code,
        lines.location_id,
        {item} as item_id,
        lines.debit_amount > 0 as is_debit,
        lines.description,
        journals.currency,
        sum(lines.debit_amount + lines.credit_amount) as amount
    from books.journal_lines as lines
    inner join books.journals as journals on lines.journal_id = journals.journal_id
    where lines.period_end = $period and lines.framework = $framework and journals.posting_status <> 'posted'
    group by all
    order by all
"""

Line = dict[str, Any]
Column = tuple[str, str | None, str | None, str | None]


def framework_of(database: Path) -> str:
    """The framework that the published build was made for: its var `accounting_framework`."""
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute("select framework from marts.close_status limit 1").fetchall()
    return found[0][0] if found else "us_gaap"


def export_journals(database: Path, layout: str, period: date, framework: str, by_item: bool) -> list[list[str]]:
    """The rows of the file, its headings first.

    Args:
        database: the published file.
        layout: name of a layout in the seed `journal_layouts`.
        period: month end whose journals are handed over; those that the finance system has posted are not.
        framework: us_gaap or ifrs.
        by_item: a line for each item; else one for each account and location.

    Raises:
        ValueError: the layout is unknown, or nothing is left to post.
    """
    with duckdb.connect(database, read_only=True) as connection:
        columns = connection.execute(
            """select header, source, format, constant from policy.journal_layouts
            where layout = ? and framework in ('*', ?) order by position""",
            [layout, framework],
        ).fetchall()
        if not columns:
            known = connection.execute("select distinct layout from policy.journal_layouts order by 1").fetchall()
            raise ValueError(f"There is no layout '{layout}': name one of {', '.join(name for (name,) in known)}.")
        lines = rows_of(
            connection,
            _LINES.format(item="item_id" if by_item else "cast(null as varchar)"),
            {"period": period, "framework": framework},
        )
    if not lines:
        raise ValueError(f"No {framework} journal of {period} waits to be posted.")
    return [[header for header, *_ in columns], *file_rows(columns, lines)]


def file_rows(columns: list[Column], lines: Iterable[Line]) -> list[list[str]]:
    """Journal lines in a layout, rounded to cents; a line that comes to nothing is left out.

    Args:
        columns: heading, source, format and constant of each, in order.
        lines: journal_id, period_end, framework, entry_kind, account_code, location_id, item_id, is_debit, amount,
            currency and description of each, journal by journal.

    Returns:
        Rows of text; the debits of each journal are its credits.
    """
    rows = []
    for _, journal in groupby(lines, key=lambda line: line["journal_id"]):
        for number, line in enumerate(to_cents(journal), 1):
            known = line | {
                "line_no": number,
                "side": SIDES[0] if line["is_debit"] else SIDES[1],
                "debit_amount": line["amount"] if line["is_debit"] else 0 * CENT,
                "credit_amount": 0 * CENT if line["is_debit"] else line["amount"],
                "reference": f"{BOOKS[line['framework']]}{line['period_end']:%Y%m%d}{KINDS[line['entry_kind']]}",
            }
            rows.append([_text(known, source, form, constant) for _, source, form, constant in columns])
    return rows


def to_cents(journal: Iterable[Line]) -> list[Line]:
    """The lines of one journal with amounts in cents: differences of the rounded running sum of each side."""
    exact, rounded = {True: Decimal(0), False: Decimal(0)}, {True: Decimal(0), False: Decimal(0)}
    lines = []
    for line in journal:
        side = line["is_debit"]
        exact[side] += line["amount"]
        total = exact[side].quantize(CENT, ROUND_HALF_UP)
        if total != rounded[side]:
            lines.append(line | {"amount": total - rounded[side]})
        rounded[side] = total
    return lines


FORMATS: dict[str, Callable[[Any], str]] = {
    "yyyy-mm-dd": lambda day: f"{day:%Y-%m-%d}",
    "yyyymmdd": lambda day: f"{day:%Y%m%d}",
    "mm/dd/yyyy": lambda day: f"{day:%m/%d/%Y}",
    "S/H": lambda side: "S" if side == SIDES[0] else "H",
    "blank zero": lambda amount: str(amount) if amount else "",
}


def _text(line: Line, source: str | None, form: str | None, constant: str | None) -> str:
    if not source:
        return constant or ""
    if source not in line:
        raise ValueError(f"The seed journal_layouts asks for '{source}', which no journal line has.")
    value = line[source]
    if value is None:
        return ""
    if not form:
        return str(value)
    if form.startswith("text "):
        return str(value)[: int(form.removeprefix("text "))]
    if form not in FORMATS:
        raise ValueError(f"The seed journal_layouts asks for the format '{form}': name one of {', '.join(FORMATS)}.")
    return FORMATS[form](value)


def main(words: list[str] | None = None) -> int:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(prog="inventory-valuation journal", description=__doc__.split("\n\n")[0])
    parser.add_argument("--layout", default="generic", help="a layout of the seed journal_layouts")
    parser.add_argument("--period", type=date.fromisoformat, required=True, help="month end, such as 2026-06-30")
    parser.add_argument("--framework", choices=sorted(BOOKS), help="the build's own unless another is named")
    parser.add_argument("--out", type=Path, help="the file to write; one in warehouse/journals unless it is named")
    parser.add_argument("--by-item", action="store_true", help="a line for each item, not only account and location")
    parser.add_argument(
        "--database",
        type=Path,
        default=Path(os.environ.get("INVENTORY_PUBLISHED_DB", "warehouse/inventory_valuation.duckdb")),
        help="the published file",
    )
    asked = parser.parse_args(words)
    try:
        framework = asked.framework or framework_of(asked.database)
        rows = export_journals(asked.database, asked.layout, asked.period, framework, asked.by_item)
    except (ValueError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 1
    out = asked.out or Path("warehouse/journals", f"{framework}-{asked.period}-{asked.layout}.csv")
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    print(f"{len(rows) - 1} lines of the {framework} journals written to {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
