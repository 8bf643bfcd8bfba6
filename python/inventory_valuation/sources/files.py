"""The files of a delivery: which of them hold which input table, and how each is to be opened.

A table is one file, a file in parts (`sales_2024.parquet`, `sales_2025.parquet`) or a folder of parts (`sales/`), as
Parquet or as text with one value a column, plain or compressed. Names may have any case.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

TEXT_KINDS = (".csv", ".tsv", ".txt")
DELIMITERS = ",;\t|"
_OTHER_DATA = (".xlsx", ".xls", ".ods", ".json", ".xml", ".dbf", ".zip")
LONGEST_LINE = 64_000_000
NEEDED_NAMES = ("source_row_number", "file_row_number")
_PART = re.compile(r"[-_. ]?(part)?[-_. ]?\d[\w .-]*")
_CHUNK = 1 << 20


class SourceFault(Exception):
    """What is wrong with a file, as the end of the sentence that begins 'The file … '."""


@dataclass(frozen=True)
class Delivered:
    """The files of one input table.

    Attributes:
        table: the input table.
        paths: its files, in the order of their names.
        is_text: whether they are text; else they are Parquet.
    """

    table: str
    paths: tuple[Path, ...]
    is_text: bool

    @property
    def place(self) -> str:
        """Where it stands, in words for a person."""
        first = self.paths[0]
        return f"the file {first}" if len(self.paths) == 1 else f"the {len(self.paths)} files from {first} on"


@dataclass(frozen=True)
class Header:
    """The first line of a text file.

    Attributes:
        delimiter: what parts its values.
        names: of its columns, without blanks around them.
        written: the same as they stand in the file.
        skipped: lines before it (`sep=;`, which spreadsheets write).
        encoding: of the file.
    """

    delimiter: str
    names: tuple[str, ...]
    written: tuple[str, ...]
    skipped: int
    encoding: str


def find_files(folder: Path, tables: Iterable[str]) -> tuple[dict[str, Delivered], list[Path], list[str]]:
    """Which files of a folder hold which input tables.

    Args:
        folder: where the delivery stands.
        tables: the names of the input tables.

    Returns:
        The tables found, by name; what nobody reads; and what is wrong, in sentences.
    """
    found: dict[str, list[Path]] = {table: [] for table in tables}
    unread = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith((".", "_", "~")):
            continue
        table = _table_of(path, found)
        if table is not None:
            found[table].append(path)
        elif path.is_dir() or _kind(path) or path.suffix.lower() in _OTHER_DATA:
            unread.append(path)
    delivered, faults = {}, []
    for table, paths in found.items():
        try:
            files = [file for path in paths for file in _parts(path)]
            if paths:
                delivered[table] = _one_table(table, paths, files)
        except SourceFault as fault:
            faults.append(str(fault))
    return delivered, unread, faults


def _kind(path: Path) -> str:
    """The ending that says what a file holds, without that of its compression; empty where it is none of ours."""
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    if endings and endings[-1] in (".gz", ".zst"):
        return endings[-2] if len(endings) == 2 and endings[-2] in TEXT_KINDS else ""
    return endings[-1] if endings and endings[-1] in (*TEXT_KINDS, ".parquet") else ""


def _table_of(path: Path, tables: Iterable[str]) -> str | None:
    """The table whose name a file or a folder bears, alone or with the name of a part after it."""
    kind = _kind(path)
    if not kind and not path.is_dir():
        return None
    stem = path.name.lower()
    if kind:
        stem = stem[: stem.rindex(kind)]
    stem = stem.strip()
    return next(
        (
            table
            for table in tables
            if stem == table or (stem.startswith(table) and _PART.fullmatch(stem[len(table) :]))
        ),
        None,
    )


def _parts(path: Path) -> list[Path]:
    """A file itself, or the files of a folder of parts."""
    if path.is_symlink() and not path.exists():
        raise SourceFault(
            f"The file {path} is a link to a file that is not there: put the file in place, or take the link away."
        )
    if not path.is_dir():
        return [path]
    files = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith((".", "_", "~"))]
    kinds = {_kind(file) for file in files}
    if not files or "" in kinds:
        odd = next((file for file in files if not _kind(file)), path)
        raise SourceFault(
            f"The folder {path} is taken for a table in parts, but "
            + (f"{odd.name} is neither Parquet nor CSV" if files else "it is empty")
            + ": put its parts into it, or take it away."
        )
    return files


def _one_table(table: str, paths: list[Path], files: list[Path]) -> Delivered:
    kinds = {_kind(file) == ".parquet" for file in files}
    whole = [path for path in paths if _table_of(path, [table]) and _stem_is(path, table)]
    if len(kinds) > 1 or (whole and len(paths) > 1):
        raise SourceFault(
            f"The table {table} stands in two files, {paths[0]} and {paths[1]}: take one of them away."
            if len(paths) > 1
            else f"The folder {paths[0]} holds Parquet and text: keep one of the two."
        )
    return Delivered(table, tuple(files), not kinds.pop())


def _stem_is(path: Path, table: str) -> bool:
    kind, name = _kind(path), path.name.lower()
    return (name[: name.rindex(kind)] if kind else name).strip() == table


def open_bytes(path: Path) -> IO[bytes]:
    """Open a text file for reading its bytes, unpacked."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path)
    if path.suffix.lower() == ".zst":
        return pa.input_stream(str(path), compression="zstd")
    return path.open("rb")


def encoding_of(path: Path) -> str:
    """How a text file's letters are encoded, found by reading all of it.

    Returns:
        `utf-8-sig`, `utf-16` (only with its mark) or `cp1252`, which is what Windows writes in Western Europe.

    Raises:
        SourceFault: it is none of these, or UTF-8 with a damaged letter.
    """
    decoder, lines, foreign = codecs.getincrementaldecoder("utf-8")(), 0, 0
    with open_bytes(path) as file:
        start = file.read(_CHUNK)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in start[:1000]:
            raise SourceFault("is no text (does it hold what its name says?): save it as CSV in UTF-8")
        chunk = start
        while chunk:
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                foreign += sum(byte >= 0x80 for byte in chunk[: error.start])
                if foreign:
                    line = lines + chunk[: error.start].count(b"\n") + 1
                    raise SourceFault(
                        f"is not UTF-8 text at line {line}, though other letters before it are: save it as CSV in UTF-8"
                    ) from None
                return _cp1252(path)
            lines, foreign = lines + chunk.count(b"\n"), foreign + (not text.isascii())
            chunk = file.read(_CHUNK)
    return "utf-8-sig"


def _cp1252(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("cp1252")()
    lines = 0
    with open_bytes(path) as file:
        while chunk := file.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = lines + chunk[: error.start].count(b"\n") + 1
                raise SourceFault(
                    f"is neither UTF-8 nor Windows-1252 text at line {line}: save it as CSV in UTF-8"
                ) from None
            lines += chunk.count(b"\n")
    return "cp1252"


def text_header(path: Path) -> Header:
    """A text file's delimiter, columns and encoding.

    Raises:
        SourceFault: it is empty, in no encoding that is read, or its first line names no columns or one of them twice.
    """
    encoding = encoding_of(path)
    with open_bytes(path) as file:
        lines = _first_lines(file, encoding)
        line, skipped = next(lines, ""), 0
        if declared := re.fullmatch(r"sep=(.)", line.strip("\r\n")):
            line, skipped = next(lines, ""), 1
    if not line:
        raise SourceFault("is empty: write its header and rows again, or take the file away")
    line = line.rstrip("\r\n")
    if not line.strip():
        raise SourceFault("has an empty first line: begin it with the names of the columns")
    delimiter = declared[1] if declared else max(DELIMITERS, key=re.sub(r'"[^"]*"', "", line).count)
    written = tuple(next(csv.reader([line], delimiter=delimiter), []))
    names = tuple(name.strip() or f"unnamed_{place}" for place, name in enumerate(written, 1))
    refuse_names(names)
    return Header(delimiter, names, written, skipped, encoding)


def _first_lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    start = file.read(_CHUNK).decode(encoding, errors="ignore")
    yield from re.split(r"(?<=\r\n)|(?<=\n)|(?<=\r)(?!\n)", start)


def parquet_names(path: Path) -> list[str]:
    """The columns of a Parquet file.

    Raises:
        SourceFault: one of them stands twice or has a name that the build needs.
    """
    names = pq.read_schema(path).names
    refuse_names([name.strip() for name in names])
    return names


def refuse_names(names: Iterable[str]) -> None:
    """Refuse columns that can't be told apart, or that the build needs for itself."""
    counts = Counter(name.lower() for name in names)
    for name, count in counts.items():
        if count > 1:
            raise SourceFault(f"has the column {name} more than once: rename one of them or leave it out")
        if name in NEEDED_NAMES:
            raise SourceFault(f"has a column {name}, a name that the build needs for itself: rename it or leave it out")


def in_utf8(path: Path, encoding: str, copy: Path) -> Path:
    """The file itself where the engine reads it, else a copy in UTF-8.

    Args:
        path: a text file.
        encoding: as `encoding_of` says.
        copy: where the copy goes.
    """
    if encoding == "utf-8-sig":
        return path
    copy.parent.mkdir(parents=True, exist_ok=True)
    with open_bytes(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        reader = codecs.getreader(encoding)(source)
        while text := reader.read(_CHUNK):
            target.write(text)
    return copy
