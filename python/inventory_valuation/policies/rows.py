"""The rows of a seed's file: read as text, then each value as what its column holds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

Value = str | Decimal | int | date | bool | None

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Row:
    """A row of a seed.

    Attributes:
        line: where it stands in the file, the header being line 1.
        values: by column.
    """

    line: int
    values: dict[str, Value]

    def __getitem__(self, column: str) -> Value:
        """The value of a column."""
        return self.values[column]


Rows = list[Row]
Seeds = Mapping[str, Rows]


def grouped(rows: Iterable[Row], column: str) -> dict[Value, Rows]:
    """The rows by their value in a column, in the order of the file."""
    groups: dict[Value, Rows] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


class UnreadableSeed(Exception):
    """A file that is no table; its message ends the sentence that begins with its name."""


def read_lines(path: Path, columns: list[str]) -> list[Row]:
    """The rows of a file as text.

    Args:
        path: the file.
        columns: the columns that it must have.

    Raises:
        UnreadableSeed: there is no file, or no such table in it.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise UnreadableSeed(f"is absent: put it back, with the columns {', '.join(columns)}") from None
    except UnicodeDecodeError:
        raise UnreadableSeed("is not UTF-8 text: save it as CSV in UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise UnreadableSeed("does not part its values by commas: save it as CSV with commas")
    missing = [name for name in columns if name not in header]
    if missing:
        raise UnreadableSeed(
            f"lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}: its first line is to be "
            f"{','.join(columns)}"
        )
    rows = []
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(header):
            raise UnreadableSeed(
                f"has {len(cells)} values in line {reader.line_num} where its first line names {len(header)} columns: "
                "write every value, if empty, and put values that hold a comma in double quotes"
            )
        rows.append(Row(reader.line_num, dict(zip(header, cells, strict=True))))
    return rows


def value_of(text: str, kind: str) -> Value:
    """A value as what its column holds.

    Args:
        text: as written.
        kind: text, number, whole, day or flag.

    Raises:
        ValueError: it is nothing of the kind; the message says what it should be.
    """
    if text == "":
        return None
    if kind == "number":
        if not _NUMBER.fullmatch(text):
            raise ValueError("write a number such as 0.25, with a point and without thousands separators")
        return Decimal(text)
    if kind == "whole":
        if not _WHOLE.fullmatch(text):
            raise ValueError("write a whole number such as 90")
        return int(text)
    if kind == "day":
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError("write a day such as 2026-06-30") from None
    if kind == "flag":
        if text.lower() not in ("true", "false"):
            raise ValueError("write true or false")
        return text.lower() == "true"
    return text
