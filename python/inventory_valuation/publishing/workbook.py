"""The review workbook: what waits for a decision goes out to a spreadsheet, and what people wrote in it comes back.

`inventory-valuation workbook export review.xlsx` writes it from the published file; `… import review.xlsx --into
data/our` reads it back by the rules of `decisions.py`; what is wrong is said cell by cell.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from inventory_valuation.publishing.decisions import (
    APPROVAL_SCHEMA,
    APPROVER_CELLS,
    OVERRIDE,
    OVERRIDE_SCHEMA,
    PERIOD,
    REQUEST_CELLS,
    VERDICTS,
    WRITE_DOWN,
    Fault,
    Line,
    Value,
    append_decisions,
    judged,
    table_of,
)
from inventory_valuation.publishing.relations import published_file

QUEUE, OVERRIDES, PERIODS, REASONS = "Review queue", "Overrides", "Periods", "Reason codes"
_KINDS = {QUEUE: WRITE_DOWN, OVERRIDES: OVERRIDE, PERIODS: PERIOD}
_FIGURES = {
    QUEUE: """
        select
            review_rank, item_id, location_id, period_end, item_description, category, quantity, cost_value,
            proposed_amount, model_reserve_amount, static_ageing_amount, calibrated_coverage_amount, amount_at_risk,
            disagreement_amount, decision_status, reason_1, proposal_hash
        from marts.review_queue
        order by review_rank
    """,
    OVERRIDES: """
        select
            override_id, item_id, location_id, period_end, reserve_amount, proposed_amount, reason_code, rationale,
            requested_by, requested_at, expires_on, override_hash
        from governance.overrides
        where override_status = 'awaiting approval'
        order by stake_amount desc, override_id
    """,
    PERIODS: """
        select period_end, position_count, cost_value, proposed_amount, decided_amount, refusal_reason,
            opening_question, period_hash
        from marts.close_status
        where period_status = 'awaiting approval' and not is_closed
        order by period_end desc
    """,
}
_TO_FILL = {QUEUE: REQUEST_CELLS + APPROVER_CELLS, OVERRIDES: APPROVER_CELLS, PERIODS: APPROVER_CELLS}


def export_workbook(published: Path, target: Path, rows: int = 500) -> int:
    """Write what waits for a decision as a workbook.

    Args:
        published: the published file of a build.
        target: the .xlsx file to write.
        rows: how many positions of the queue go in, those first in it.

    Returns:
        The number of positions written.
    """
    book = Workbook()
    book.remove(book.active)
    with duckdb.connect(published, read_only=True) as connection:
        reasons = connection.execute("select reason_code, description from policy.reason_codes order by 1").fetchall()
        for sheet, query in _FIGURES.items():
            found = connection.execute(query)
            columns = tuple(one[0] for one in found.description) + _TO_FILL[sheet]
            _write_sheet(book.create_sheet(sheet), columns, found.fetchmany(rows), _TO_FILL[sheet])
        written = book[QUEUE].max_row - 1
    listed = book.create_sheet(REASONS)
    for row in [("reason_code", "description"), *reasons]:
        listed.append(row)
    for sheet, columns in _TO_FILL.items():
        _drop_down(book[sheet], "decision", f'"{",".join(VERDICTS)}"')
        if "reason_code" in columns:
            _drop_down(book[sheet], "reason_code", f"'{REASONS}'!$A$2:$A${len(reasons) + 1}")
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return written


def read_workbook(source: Path, published: Path) -> tuple[pa.Table, pa.Table, list[Fault]]:
    """What people wrote in a workbook, as rows of the two input tables.

    Args:
        source: the workbook.
        published: the published file, whose proposals the figures are held against.

    Returns:
        Rows of reserve_overrides, rows of reserve_approvals, and what is wrong; the rows hold only where nothing is.
    """
    book = load_workbook(source, data_only=True)
    missing = [sheet for sheet in _FIGURES if sheet not in book.sheetnames]
    if missing:
        return (
            table_of([], OVERRIDE_SCHEMA),
            table_of([], APPROVAL_SCHEMA),
            [Fault(f"{missing[0]}!A1", "the sheet is gone")],
        )
    return judged([line for sheet in _FIGURES for line in _filled(book[sheet])], published)


def import_workbook(source: Path, published: Path, folder: Path) -> tuple[int, int, list[Fault]]:
    """Append what a workbook says to the input tables of a folder; nothing of it where anything is wrong.

    Rows that are there already are not added again, so that importing a workbook twice changes nothing.

    Returns:
        Overrides added, approvals added, and what is wrong.
    """
    overrides, approvals, faults = read_workbook(source, published)
    return (0, 0, faults) if faults else (*append_decisions(folder, overrides, approvals), [])


def _write_sheet(sheet: Worksheet, columns: tuple[str, ...], rows: Iterable[tuple], to_fill: tuple[str, ...]) -> None:
    sheet.append(columns)
    for row in rows:
        sheet.append([*row, *[None] * len(to_fill)])
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    for number, column in enumerate(columns, 1):
        cells = sheet[get_column_letter(number)]
        cells[0].font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = max(12, min(len(column) + 2, 32))
        for cell in cells[1:]:
            if isinstance(cell.value, str):
                # A description that begins with = is a text, not a formula.
                cell.data_type = "s"
            if column in to_fill:
                cell.fill = PatternFill("solid", fgColor="FFF7DC")
                cell.protection = Protection(locked=False)
            elif isinstance(cell.value, Decimal):
                cell.number_format = "#,##0.00"


def _drop_down(sheet: Worksheet, column: str, choices: str) -> None:
    """Let cells of the last column of this name be one of the choices."""
    if sheet.max_row < 2:
        return
    place = max(number for number, cell in enumerate(sheet[1], 1) if cell.value == column)
    letter = get_column_letter(place)
    validation = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=True)
    validation.error = f"Choose one of the list for {column}."
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{sheet.max_row}")


def _filled(sheet: Worksheet) -> list[Line]:
    """The rows in which a cell that is there to be filled in holds something."""
    rows = sheet.iter_rows(values_only=True)
    columns = tuple(str(name) for name in next(rows))
    lines = []
    for number, row in enumerate(rows, 2):
        values = {name: _cell(value) for name, value in zip(columns, row, strict=True)}
        if any(values.get(name) is not None for name in _TO_FILL[sheet.title]):
            lines.append(Line(_KINDS[sheet.title], values, partial(_fault, sheet.title, number, columns)))
    return lines


def _fault(sheet: str, number: int, columns: tuple[str, ...], column: str, sentence: str) -> Fault:
    """A fault by its cell."""
    return Fault(f"{sheet}!{get_column_letter(columns.index(column) + 1)}{number}", sentence)


def _cell(value: Value) -> Value:
    value = value.strip() if isinstance(value, str) else value
    return None if value == "" else value


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 1 where a workbook has faults."""
    parser = argparse.ArgumentParser(prog="inventory-valuation workbook", description=__doc__)
    parser.add_argument("direction", choices=("export", "import"))
    parser.add_argument("file", type=Path, help="the workbook")
    parser.add_argument("--published", type=Path, default=published_file())
    parser.add_argument("--into", type=Path, default=Path("data/demo"), help="folder of the input tables")
    parser.add_argument("--rows", type=int, default=500, help="positions of the queue that go in")
    given = parser.parse_args(arguments)
    if given.direction == "export":
        print(f"{export_workbook(given.published, given.file, given.rows)} positions to review in {given.file}")
        return 0
    overrides, approvals, faults = import_workbook(given.file, given.published, given.into)
    if faults:
        print(f"Nothing was taken from {given.file}:", *faults, sep="\n  ", file=sys.stderr)
        return 1
    print(f"{overrides} overrides and {approvals} decisions added to {given.into}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
