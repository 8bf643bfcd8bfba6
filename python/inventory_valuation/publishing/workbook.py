"""The review workbook: what waits for a decision goes out to a spreadsheet, and what people wrote in it comes back.

`inventory-valuation workbook export review.xlsx` writes it from the published file; `… import review.xlsx --into
data/our` reads it back, as rows of `reserve_overrides` and `reserve_approvals`. Either all of it is taken or nothing:
what is wrong is said cell by cell. Figures are bound by their hash, so that a workbook that was filled in over last
week's proposals approves nothing of this week's.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from inventory_valuation.publishing.relations import published_file
from inventory_valuation.sources.files import text_header

QUEUE, OVERRIDES, PERIODS, REASONS = "Review queue", "Overrides", "Periods", "Reason codes"
Value = str | int | float | Decimal | datetime | date | None
VERDICTS = ("approved", "rejected")
_APPROVER_CELLS = ("decision", "approver", "approver_role", "decided_on", "comment")
_REQUEST_CELLS = ("override_amount", "reason_code", "rationale", "requested_by", "requested_on", "expires_on")
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
_TO_FILL = {QUEUE: _REQUEST_CELLS + _APPROVER_CELLS, OVERRIDES: _APPROVER_CELLS, PERIODS: _APPROVER_CELLS}
_OVERRIDE_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("override_id", "item_id", "location_id"), pa.string()),
        "period_end": pa.date32(),
        "reserve_amount": pa.decimal128(18, 4),
        **dict.fromkeys(("reason_code", "rationale", "requested_by"), pa.string()),
        "requested_at": pa.timestamp("us"),
        "expires_on": pa.date32(),
    }.items()
)
_APPROVAL_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("approval_id", "subject_type", "subject_id", "decision", "approver"), pa.string()),
        "approver_role": pa.string(),
        "decided_at": pa.timestamp("us"),
        "comment": pa.string(),
    }.items()
)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell, for the person who filled it in."""

    sheet: str
    cell: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}: {self.sentence}"


@dataclass(frozen=True)
class _Line:
    """A filled-in row of a sheet: its values by column, and how to name its cells."""

    sheet: str
    number: int
    columns: tuple[str, ...]
    values: dict[str, Value]

    def fault(self, column: str, sentence: str) -> Fault:
        return Fault(self.sheet, f"{get_column_letter(self.columns.index(column) + 1)}{self.number}", sentence)


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
            _table([], _OVERRIDE_SCHEMA),
            _table([], _APPROVAL_SCHEMA),
            [Fault(missing[0], "A1", "the sheet is gone")],
        )
    faults: list[Fault] = []
    codes, proposed, known = _known_figures(published)
    overrides, approvals = [], []
    for line in _filled(book[QUEUE]):
        place = (line.values["item_id"], line.values["location_id"], _day(line.values["period_end"]))
        if place not in proposed:
            faults.append(line.fault("item_id", "no reserve is proposed for this item, location and period"))
            continue
        cost, proposal = proposed[place]
        if line.values["proposal_hash"] != proposal:
            faults.append(line.fault("proposal_hash", "the proposal has changed since: export the workbook anew"))
            continue
        subject = ("write_down", f"{'@'.join(map(str, place))}#{proposal}")
        if any(line.values[name] is not None for name in _REQUEST_CELLS):
            asked = _request(line, place, cost, codes, faults)
            overrides += asked
            # Who decides in the row of a request decides on what it asks for, and not on the proposal.
            subject = ("override", asked[0]["override_id"] if asked else "")
        if any(line.values[name] is not None for name in _APPROVER_CELLS):
            approvals += _decision(line, *subject, faults)
    for sheet, subject_type, key, figures in (
        (OVERRIDES, "override", "override_id", "override_hash"),
        (PERIODS, "period", "period_end", "period_hash"),
    ):
        for line in _filled(book[sheet]):
            subject = line.values[key] if sheet == OVERRIDES else _day(line.values[key])
            if (sheet, subject) not in known:
                faults.append(line.fault(key, f"this {subject_type} is unknown"))
            elif line.values[figures] != known[sheet, subject]:
                faults.append(line.fault(figures, "the figures have changed since: export the workbook anew"))
            else:
                approvals += _decision(line, subject_type, f"{subject}#{line.values[figures]}", faults)
    return _table(overrides, _OVERRIDE_SCHEMA), _table(approvals, _APPROVAL_SCHEMA), faults


def _known_figures(published: Path) -> tuple[set[str], dict[tuple, tuple], dict[tuple, str]]:
    """Reason codes, cost and hash of each proposal, and the hashes of overrides and periods, of a published file."""
    with duckdb.connect(published, read_only=True) as connection:

        def rows(query: str) -> list[tuple]:
            return connection.execute(query).fetchall()

        codes = {row[0] for row in rows("select reason_code from policy.reason_codes")}
        proposals = rows(
            "select item_id, location_id, period_end, cost_value, proposal_hash from governance.reserve_decisions"
        )
        overrides = rows("select override_id, override_hash from governance.overrides")
        periods = rows("select period_end, period_hash from marts.close_status")
    known = {(OVERRIDES, key): figures for key, figures in overrides}
    known |= {(PERIODS, key): figures for key, figures in periods}
    return codes, {tuple(row[:3]): row[3:] for row in proposals}, known


def import_workbook(source: Path, published: Path, folder: Path) -> tuple[int, int, list[Fault]]:
    """Append what a workbook says to the input tables of a folder; nothing of it where anything is wrong.

    Rows that are there already are not added again, so that importing a workbook twice changes nothing.

    Returns:
        Overrides added, approvals added, and what is wrong.
    """
    overrides, approvals, faults = read_workbook(source, published)
    if faults:
        return 0, 0, faults
    added = _append(folder, "reserve_overrides", overrides), _append(folder, "reserve_approvals", approvals)
    return *added, []


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


def _filled(sheet: Worksheet) -> list[_Line]:
    """The rows in which a cell that is there to be filled in holds something."""
    rows = sheet.iter_rows(values_only=True)
    columns = tuple(str(name) for name in next(rows))
    lines = []
    for number, row in enumerate(rows, 2):
        values = {name: _cell(value) for name, value in zip(columns, row, strict=True)}
        if any(values.get(name) is not None for name in _TO_FILL[sheet.title]):
            lines.append(_Line(sheet.title, number, columns, values))
    return lines


def _request(line: _Line, place: tuple, cost: Decimal, codes: set[str], faults: list[Fault]) -> list[dict]:
    values = line.values
    found: list[Fault] = []
    amount = _amount(values["override_amount"])
    if amount is None:
        found.append(line.fault("override_amount", "an amount is missing or is no number"))
    elif not 0 <= amount <= cost:
        found.append(line.fault("override_amount", f"the amount must lie between 0 and the cost, {cost:,.2f}"))
    if str(values["reason_code"] or "").upper() not in codes:
        found.append(line.fault("reason_code", f"choose a reason code of the sheet '{REASONS}'"))
    if len(str(values["rationale"] or "")) < 10:
        found.append(line.fault("rationale", "say why in a sentence"))
    if values["requested_by"] is None:
        found.append(line.fault("requested_by", "the name of who asks is missing"))
    if _moment(values["requested_on"]) is None:
        found.append(line.fault("requested_on", "the day of the request is missing or is no date"))
    if values["expires_on"] is not None and _day(values["expires_on"]) is None:
        found.append(line.fault("expires_on", "this is no date"))
    faults += found
    row = {
        "item_id": place[0],
        "location_id": place[1],
        "period_end": place[2],
        "reserve_amount": amount,
        "reason_code": values["reason_code"],
        "rationale": values["rationale"],
        "requested_by": values["requested_by"],
        "requested_at": _moment(values["requested_on"]),
        "expires_on": _day(values["expires_on"]),
    }
    return [] if found else [{"override_id": _id_of("OVW", row), **row}]


def _decision(line: _Line, subject_type: str, subject_id: str, faults: list[Fault]) -> list[dict]:
    values = line.values
    found: list[Fault] = []
    verdict = str(values["decision"] or "").lower()
    if verdict not in VERDICTS:
        found.append(line.fault("decision", f"write {' or '.join(VERDICTS)}"))
    for column, words in (("approver", "the name"), ("approver_role", "the role")):
        if values[column] is None:
            found.append(line.fault(column, f"{words} of who decides is missing"))
    if _moment(values["decided_on"]) is None:
        found.append(line.fault("decided_on", "the day of the decision is missing or is no date"))
    requester = values.get("requested_by")
    if requester is not None and str(requester).lower() == str(values["approver"] or "").lower():
        found.append(line.fault("approver", "the one who asks may not decide"))
    faults += found
    row = {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "decision": verdict,
        "approver": values["approver"],
        "approver_role": values["approver_role"],
        "decided_at": _moment(values["decided_on"]),
        "comment": values["comment"],
    }
    return [] if found else [{"approval_id": _id_of("APW", row), **row}]


def _append(folder: Path, table: str, rows: pa.Table) -> int:
    """Add rows to a table's file, of the kind that is there; rows with an id that it holds are left out."""
    key = rows.column_names[0]
    parquet, text = folder / f"{table}.parquet", folder / f"{table}.csv"
    if text.exists() and not parquet.exists():
        return _append_text(text, key, rows)
    held = pq.read_table(parquet) if parquet.exists() else rows.slice(0, 0)
    fresh = _unknown(rows, key, held[key].cast(pa.string()).to_pylist())
    # The table's own types stand: another program wrote it.
    fields = [
        held.schema.field(name) if name in held.column_names else rows.schema.field(name) for name in rows.column_names
    ]
    fresh = pa.table([fresh[field.name].cast(field.type) for field in fields], names=rows.column_names)
    pq.write_table(pa.concat_tables([held, fresh], promote_options="default"), parquet)
    return fresh.num_rows


def _append_text(file: Path, key: str, rows: pa.Table) -> int:
    """Add lines to a CSV file without touching those that are there."""
    header = text_header(file)
    delimiter, columns = header.delimiter, list(header.names)
    with file.open(newline="", encoding=header.encoding) as lines:
        place = columns.index(key)
        held = [row[place] for row in list(csv.reader(lines, delimiter=delimiter))[1:] if len(row) > place]
    fresh = _unknown(rows, key, held)
    ends = file.read_bytes().endswith(b"\n")
    with file.open("a", newline="", encoding=header.encoding.removesuffix("-sig")) as lines:
        if not ends:
            lines.write("\n")
        writer = csv.DictWriter(lines, columns, delimiter=delimiter, extrasaction="ignore", lineterminator="\n")
        writer.writerows(fresh.to_pylist())
    return fresh.num_rows


def _unknown(rows: pa.Table, key: str, held: list[str]) -> pa.Table:
    return rows.filter(pa.array([one not in set(held) for one in rows[key].to_pylist()], pa.bool_()))


def _table(rows: list[dict], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(
        [{name: _text(row[name], schema.field(name)) for name in schema.names} for row in rows], schema
    )


def _text(value: Value, field: pa.Field) -> Value:
    return str(value) if value is not None and pa.types.is_string(field.type) else value


def _id_of(prefix: str, row: dict) -> str:
    """An id made of the row's own words: the same words, the same row; other words, another one."""
    words = "\x1f".join(f"{name}={value}" for name, value in row.items())
    return f"{prefix}-{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _cell(value: Value) -> Value:
    value = value.strip() if isinstance(value, str) else value
    return None if value == "" else value


def _amount(value: Value) -> Decimal | None:
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.0001"))
    except (InvalidOperation, TypeError):
        return None
    return amount if amount.is_finite() else None


def _moment(value: Value) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def _day(value: Value) -> date | None:
    moment = _moment(value)
    return moment.date() if moment else None


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
