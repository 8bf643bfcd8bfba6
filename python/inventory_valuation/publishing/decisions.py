"""What people decide, as rows of `reserve_overrides` and `reserve_approvals`: the rules by which it is taken.

A workbook and a page hand in lines. Either all of them are taken or nothing: what is wrong is said place by place.
Figures are bound by their hash, so that who looked at last week's proposals approves nothing of this week's.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from inventory_valuation.sources.files import text_header

Value = str | int | float | Decimal | datetime | date | None
VERDICTS = ("approved", "rejected")
# What a line decides on, with the column of its id and that of the hash of its figures.
WRITE_DOWN, OVERRIDE, PERIOD = "write_down", "override", "period"
_FIGURES = {OVERRIDE: ("override_id", "override_hash"), PERIOD: ("period_end", "period_hash")}
APPROVER_CELLS = ("decision", "approver", "approver_role", "decided_on", "comment")
REQUEST_CELLS = ("override_amount", "reason_code", "rationale", "requested_by", "requested_on", "expires_on")
OVERRIDE_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("override_id", "item_id", "location_id"), pa.string()),
        "period_end": pa.date32(),
        "reserve_amount": pa.decimal128(18, 4),
        **dict.fromkeys(("reason_code", "rationale", "requested_by"), pa.string()),
        "requested_at": pa.timestamp("us"),
        "expires_on": pa.date32(),
    }.items()
)
APPROVAL_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("approval_id", "subject_type", "subject_id", "decision", "approver"), pa.string()),
        "approver_role": pa.string(),
        "decided_at": pa.timestamp("us"),
        "comment": pa.string(),
    }.items()
)


@dataclass(frozen=True)
class Fault:
    """What is wrong, for the person who filled it in.

    Attributes:
        place: where it stands, as in `Review queue!T2`.
        sentence: what is wrong with it.
    """

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True)
class Line:
    """What somebody filled in about one write-down, override or period.

    Attributes:
        kind: `write_down`, `override` or `period`.
        values: by column, the figures that were looked at among them.
        fault: says what is wrong with a column of it.
    """

    kind: str
    values: dict[str, Value]
    fault: Callable[[str, str], Fault]


def judged(lines: Iterable[Line], published: Path) -> tuple[pa.Table, pa.Table, list[Fault]]:
    """Lines as rows of the two input tables.

    Args:
        lines: what people filled in.
        published: the published file, whose proposals the figures are held against.

    Returns:
        Rows of reserve_overrides, rows of reserve_approvals, and what is wrong; the rows hold only where nothing is.
    """
    faults: list[Fault] = []
    codes, proposed, known = _known_figures(published)
    overrides, approvals = [], []
    for line in lines:
        if line.kind == WRITE_DOWN:
            asked, decided = _on_a_proposal(line, codes, proposed, faults)
            overrides += asked
            approvals += decided
            continue
        key, figures = _FIGURES[line.kind]
        subject = line.values[key] if line.kind == OVERRIDE else day_of(line.values[key])
        if (line.kind, subject) not in known:
            faults.append(line.fault(key, f"this {line.kind} is unknown"))
        elif line.values[figures] != known[line.kind, subject]:
            faults.append(line.fault(figures, "the figures have changed since: look at them anew"))
        else:
            approvals += _decision(line, line.kind, f"{subject}#{line.values[figures]}", faults)
    return table_of(overrides, OVERRIDE_SCHEMA), table_of(approvals, APPROVAL_SCHEMA), faults


def _on_a_proposal(
    line: Line, codes: set[str], proposed: dict[tuple, tuple], faults: list[Fault]
) -> tuple[list[dict], list[dict]]:
    place = (line.values["item_id"], line.values["location_id"], day_of(line.values["period_end"]))
    if place not in proposed:
        faults.append(line.fault("item_id", "no reserve is proposed for this item, location and period"))
        return [], []
    cost, proposal = proposed[place]
    if line.values["proposal_hash"] != proposal:
        faults.append(line.fault("proposal_hash", "the proposal has changed since: look at it anew"))
        return [], []
    subject, asked = (WRITE_DOWN, f"{'@'.join(map(str, place))}#{proposal}"), []
    if any(line.values.get(name) is not None for name in REQUEST_CELLS):
        asked = _request(line, place, cost, codes, faults)
        # Who decides in the row of a request decides on what it asks for, and not on the proposal.
        subject = (OVERRIDE, asked[0]["override_id"] if asked else "")
    decides = any(line.values.get(name) is not None for name in APPROVER_CELLS)
    return asked, _decision(line, *subject, faults) if decides else []


def append_decisions(folder: Path, overrides: pa.Table, approvals: pa.Table) -> tuple[int, int]:
    """Add rows to the input tables of a folder, but for those that are there already.

    Returns:
        Overrides added, approvals added.
    """
    return _append(folder, "reserve_overrides", overrides), _append(folder, "reserve_approvals", approvals)


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
    known = {(OVERRIDE, key): figures for key, figures in overrides}
    known |= {(PERIOD, key): figures for key, figures in periods}
    return codes, {tuple(row[:3]): row[3:] for row in proposals}, known


def _request(line: Line, place: tuple, cost: Decimal, codes: set[str], faults: list[Fault]) -> list[dict]:
    values = line.values
    found: list[Fault] = []
    amount = _amount(values["override_amount"])
    if amount is None:
        found.append(line.fault("override_amount", "an amount is missing or is no number"))
    elif not 0 <= amount <= cost:
        found.append(line.fault("override_amount", f"the amount must lie between 0 and the cost, {cost:,.2f}"))
    if str(values["reason_code"] or "").upper() not in codes:
        found.append(line.fault("reason_code", "choose a reason code of the list"))
    if len(str(values["rationale"] or "")) < 10:
        found.append(line.fault("rationale", "say why in a sentence"))
    if values.get("requested_by") is None:
        found.append(line.fault("requested_by", "the name of who asks is missing"))
    if _moment(values["requested_on"]) is None:
        found.append(line.fault("requested_on", "the day of the request is missing or is no date"))
    if values.get("expires_on") is not None and day_of(values.get("expires_on")) is None:
        found.append(line.fault("expires_on", "this is no date"))
    faults += found
    row = {
        "item_id": place[0],
        "location_id": place[1],
        "period_end": place[2],
        "reserve_amount": amount,
        "reason_code": values["reason_code"],
        "rationale": values["rationale"],
        "requested_by": values.get("requested_by"),
        "requested_at": _moment(values["requested_on"]),
        "expires_on": day_of(values.get("expires_on")),
    }
    return [] if found else [{"override_id": _id_of("OVW", row), **row}]


def _decision(line: Line, subject_type: str, subject_id: str, faults: list[Fault]) -> list[dict]:
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
        "comment": values.get("comment"),
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


def table_of(rows: list[dict], schema: pa.Schema) -> pa.Table:
    """Rows in the types of an input table."""
    return pa.Table.from_pylist(
        [{name: _text(row[name], schema.field(name)) for name in schema.names} for row in rows], schema
    )


def _text(value: Value, field: pa.Field) -> Value:
    return str(value) if value is not None and pa.types.is_string(field.type) else value


def _id_of(prefix: str, row: dict) -> str:
    """An id made of the row's own words: the same words, the same row; other words, another one."""
    words = "\x1f".join(f"{name}={value}" for name, value in row.items())
    return f"{prefix}-{hashlib.sha256(words.encode()).hexdigest()[:16]}"


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


def day_of(value: Value) -> date | None:
    """The day of a date, a moment or their text; none where it is no date."""
    moment = _moment(value)
    return moment.date() if moment else None
