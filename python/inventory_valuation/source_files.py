"""Files that a company hands over: how a CSV file is to be read, and what is wrong with one that can't be.

A CSV file's dialect is told by its first line alone. Guessing it from the rows would let one bad row change how
all others are read.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

DELIMITERS = ",;\t|"
LONGEST_LINE = 64_000_000
NEEDED_NAMES = ("source_row_number", "file_row_number")
FIRST_BYTES = 1_000_000


class SourceFault(Exception):
    """What is wrong with a file, as the end of the sentence that begins 'The file … '."""


def csv_options(path: Path) -> str:
    """The options with which DuckDB's `read_csv` is to read a file.

    Args:
        path: the CSV file; its first line names the columns.

    Returns:
        The options as SQL, all columns being text.

    Raises:
        SourceFault: the first line can't be read.
    """
    delimiter, names = csv_header(path)
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in names)
    return (
        f"auto_detect = false, header = true, delim = {_quoted(delimiter)}, quote = '\"', escape = '\"', "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {LONGEST_LINE}, columns = {{{columns}}}"
    )


def csv_header(path: Path) -> tuple[str, list[str]]:
    """A CSV file's delimiter and the names of its columns.

    Args:
        path: the file.

    Returns:
        The delimiter that its first line holds most often, and the names.

    Raises:
        SourceFault: it is empty, not UTF-8, or its first line names no columns or one of them twice.
    """
    with path.open("rb") as file:
        start = file.read(FIRST_BYTES)
    if not start:
        raise SourceFault("is empty: write its header and rows again, or take the file away")
    if b"\0" in start[:1000]:
        raise SourceFault("is not UTF-8 text (is it UTF-16, or no text at all?): save it as CSV in UTF-8")
    try:
        line = re.split(rb"\r\n|\n|\r", start.removeprefix(b"\xef\xbb\xbf"), maxsplit=1)[0].decode()
    except UnicodeDecodeError:
        raise SourceFault("is not UTF-8 text: save it as CSV in UTF-8") from None
    delimiter = max(DELIMITERS, key=re.sub(r'"[^"]*"', "", line).count)
    names = [
        name.strip() or f"unnamed_{place}"
        for place, name in enumerate(next(csv.reader([line], delimiter=delimiter), []), 1)
    ]
    if not line.strip():
        raise SourceFault("has an empty first line: begin it with the names of the columns")
    _refuse_names(names)
    return delimiter, names


def fault_of(folder: Path, table: str) -> str:
    """What is wrong with the file of an input table, found by reading it to its end.

    Args:
        folder: where the files stand.
        table: the input table.

    Returns:
        A sentence that names the file, the fault and the mend; empty where nothing is wrong.
    """
    paths = [folder / f"{table}.{extension}" for extension in ("parquet", "csv")]
    paths = [path for path in paths if path.exists() or path.is_symlink()]
    if len(paths) > 1:
        return f"The table {table} stands in two files, {paths[0]} and {paths[1]}: take one of them away."
    for path in paths:
        try:
            _read_all(path)
        except SourceFault as fault:
            return f"The file {path} {fault}."
    return ""


def _read_all(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise SourceFault("is a link to a file that is not there: put the file in place, or take the link away")
    if path.is_dir():
        raise SourceFault("is a folder: join its parts to one file of this name")
    try:
        if path.suffix == ".csv":
            query = f"select count(columns(*)) from read_csv({_quoted(path)}, {csv_options(path)})"
        else:
            _refuse_names(pq.read_schema(path).names)
            query = f"select bit_xor(hash(columns(*))) from read_parquet({_quoted(path)})"
        # In a connection of its own: what breaks the reader must not break the build's database.
        with duckdb.connect() as connection:
            connection.execute(query).fetchall()
    except PermissionError:
        raise SourceFault("may not be read: give this user the right to") from None
    except (duckdb.Error, OSError, ValueError) as error:
        raise SourceFault(_csv_fault(str(error)) if path.suffix == ".csv" else _parquet_fault(str(error))) from None


def _csv_fault(error: str) -> str:
    """DuckDB's message in words for the person who made the file."""
    found = re.search(r"on Line: (\d+)", error)
    line = f"can't be read at line {found[1]}: " if found else "can't be read: "
    counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", error)
    if "not utf-8" in error:
        return "is not UTF-8 text" + (f" at line {found[1]}" if found else "") + ": save it as CSV in UTF-8"
    if counts:
        return (
            f"{line}it has {counts[2]} values or more where the first line names {counts[1]} columns; put values that "
            "hold the delimiter in double quotes"
            if int(counts[2]) > int(counts[1])
            else f"{line}it has {counts[2]} values where the first line names {counts[1]} columns; write every value, "
            "if empty"
        )
    if "unterminated quote" in error:
        return f"{line}a double quote is not closed; write a quote inside a value twice"
    if "Maximum line size" in error:
        return f"{line}the line is longer than {LONGEST_LINE // 1_000_000} MB"
    if "state machine" in error:
        return f"{line}its lines end in different ways; write all with the same line end"
    return line + error.splitlines()[0]


def _parquet_fault(error: str) -> str:
    if "not valid UTF8" in error:
        return "holds text that is not UTF-8: write it again with text in UTF-8"
    reason = error.splitlines()[0]
    return f"can't be read as Parquet, it is cut short, damaged or of another kind: write it again ({reason})"


def _refuse_names(names: list[str]) -> None:
    counts = Counter(name.lower() for name in names)
    for name, count in counts.items():
        if count > 1:
            raise SourceFault(f"has the column {name} more than once: rename one of them or leave it out")
        if name in NEEDED_NAMES:
            raise SourceFault(f"has a column {name}, a name that the build needs for itself: rename it or leave it out")


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
