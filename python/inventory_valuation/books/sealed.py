"""Closed periods, each sealed in a folder of its own: how one is written, and how they are found to be as written.

A set of books has a folder, and in it one for each closed period, named by its month end. It holds Parquet files and a
manifest: who closed the period, the SHA-256 of every file, and the hash of the manifest before it. So nothing in the
chain can be changed, taken out or put in without a hash that no longer fits. A folder is written whole beside its place
and then renamed, so that a killed process leaves no half of one. Nothing here ever changes a folder that stands: it may
lie on storage that can be written once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from inventory_valuation.provenance import file_hash
from inventory_valuation.publishing.relations import published_file
from inventory_valuation.queries import literal

MANIFEST = "manifest.json"
_TOLD = {"set_of_books", "period_end", "previous", "files"}
_MONTH_END = re.compile(r"\d{4}-\d\d-\d\d")


class Sealed(NamedTuple):
    """A closed period: its folder, what its manifest says, and the manifest's own hash."""

    period_end: date
    folder: Path
    manifest: dict[str, Any]
    manifest_hash: str


class NotAsSealed(Exception):
    """Closed periods are not as they were sealed; the words are sentences, one a line."""


def sealed_folder() -> Path:
    """Where closed periods lie: INVENTORY_SEALED, else a folder beside the published file."""
    return Path(os.environ.get("INVENTORY_SEALED") or published_file().with_suffix(".sealed"))


def folder_of_books(root: Path, set_of_books: str) -> Path:
    """The folder of a set of books, whose name may hold what a folder's name can't."""
    plain = re.sub(r"[^a-z0-9]+", "-", set_of_books.lower()).strip("-")[-40:]
    return root / f"{plain}-{hashlib.sha256(set_of_books.encode()).hexdigest()[:8]}"


def closed_periods(root: Path, set_of_books: str) -> list[Sealed]:
    """The closed periods of a set of books, oldest first.

    Args:
        root: where closed periods lie.
        set_of_books: its name.

    Raises:
        NotAsSealed: a file or folder is missing, or is not the one that was sealed.
    """
    books = folder_of_books(root, set_of_books)
    try:
        folders = sorted(path for path in books.iterdir() if _MONTH_END.fullmatch(path.name)) if books.is_dir() else []
        found = [_sealed(folder) for folder in folders if (folder / MANIFEST).is_file()]
        faults = [
            f"The folder {folder} of a closed period has no {MANIFEST}: put the folder back as it was sealed."
            for folder in folders
            if not (folder / MANIFEST).is_file()
        ]
        faults += [fault for period in found for fault in _faults_of_files(period, set_of_books)]
    except (OSError, ValueError) as error:
        raise NotAsSealed(f"Closed periods in {books} can't be read ({error}): put them back as sealed.") from None
    if not faults:
        faults = list(_faults_of_chain(found))
    if faults:
        raise NotAsSealed("\n".join(faults))
    return found


def _sealed(folder: Path) -> Sealed:
    written = (folder / MANIFEST).read_bytes()
    told = json.loads(written)
    if not isinstance(told, dict) or not told.keys() >= _TOLD:
        raise ValueError(f"{folder / MANIFEST} is no manifest of a closed period")
    return Sealed(date.fromisoformat(folder.name), folder, told, hashlib.sha256(written).hexdigest())


def _faults_of_files(period: Sealed, set_of_books: str) -> Iterator[str]:
    """What of one folder is gone or is not as its manifest says."""
    end, folder, manifest, _ = period
    if (manifest["period_end"], manifest["set_of_books"]) != (str(end), set_of_books):
        yield (
            f"The folder {folder} holds {manifest['period_end']} of the books '{manifest['set_of_books']}': put there "
            f"what was sealed as {end} of '{set_of_books}'."
        )
        return
    for name, told in manifest["files"].items():
        if not (folder / name).is_file():
            yield f"{name} of the closed period {end} is missing from {folder}: put it back as it was sealed."
        elif file_hash(folder / name) != told["hash"]:
            yield f"{name} of the closed period {end} is not as it was sealed: put the sealed file back into {folder}."


def _faults_of_chain(found: list[Sealed]) -> Iterator[str]:
    """Which folder is missing from the chain, or is not the one that the next was closed upon."""
    earlier = None
    for period in found:
        named = period.manifest["previous"]
        place = period.folder.parent
        if named is None and earlier is not None:
            yield (
                f"{earlier.folder} is a closed period before {period.period_end}, which was closed as the first of its "
                "books: take it out, or put back the folders as they were sealed."
            )
        elif named is not None and (earlier is None or str(earlier.period_end) != named["period_end"]):
            yield (
                f"The folder of the closed period {named['period_end']} is missing from {place}, and "
                f"{period.period_end} was closed after it: put it back as it was sealed."
            )
        elif named is not None and earlier is not None and earlier.manifest_hash != named["manifest_hash"]:
            yield (
                f"The {MANIFEST} of the closed period {earlier.period_end} is not the one that {period.period_end} was "
                f"closed after: put the sealed one back into {earlier.folder}."
            )
        earlier = period


def seal(connection: DuckDBPyConnection, folder: Path, tables: dict[str, str], manifest: dict[str, Any]) -> Sealed:
    """Write a closed period whole, then put it in its place.

    Args:
        connection: to what the queries read.
        folder: its place.
        tables: the query of each file, by its name without `.parquet`.
        manifest: what the manifest says besides its files.

    Raises:
        FileExistsError: something stands in its place already, and stays as it is.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        files = {f"{name}.parquet": _written(connection, new / f"{name}.parquet", sql) for name, sql in tables.items()}
        text = json.dumps(manifest | {"files": files}, indent=1, ensure_ascii=False)
        (new / MANIFEST).write_text(text + "\n", encoding="utf-8")
        for path in new.iterdir():
            path.chmod(0o444)
            _to_disk(path)
        new.chmod(0o755)
        _to_disk(new)
        if folder.exists():
            raise FileExistsError(folder)
        os.rename(new, folder)
        _to_disk(folder.parent)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    for leftover in folder.parent.glob(f".{folder.name}.*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    return _sealed(folder)


def _written(connection: DuckDBPyConnection, file: Path, query: str) -> dict[str, Any]:
    """Write a file; what the manifest says of it."""
    place = literal(file)
    (rows,) = connection.execute(f"copy ({query}) to {place} (format parquet, compression zstd)").fetchall()
    columns = [row[0] for row in connection.execute(f"describe select * from read_parquet({place})").fetchall()]
    return {"hash": file_hash(file), "rows": rows[0], "columns": columns}


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def lay_out(
    connection: DuckDBPyConnection, root: Path, set_of_books: str, tables: dict[str, dict[str, str]]
) -> list[str]:
    """Lay closed periods out as views in the schema `sealed`, up to the as-of date of the build.

    Args:
        connection: to the build's database, in which the sources are prepared.
        root: where closed periods lie.
        set_of_books: whose books.
        tables: columns of each view with their types; a file of an earlier version of the project may lack some.

    Returns:
        What is wrong with closed periods, in sentences; then the views are as they were.
    """
    try:
        found = closed_periods(root, set_of_books)
    except NotAsSealed as fault:
        return str(fault).splitlines()
    faults = _faults_of_log(connection, found, folder_of_books(root, set_of_books), set_of_books)
    if faults:
        return faults
    (as_of,) = connection.execute("select as_of_date from source_rows.data_window").fetchone()
    connection.execute("begin; create schema if not exists sealed")
    for name, columns in tables.items():
        periods = [period for period in found if period.period_end <= as_of]
        connection.execute(f"create or replace view sealed.{name} as {_read(name, columns, periods)}")
    connection.execute("create or replace table sealed.other_books (set_of_books varchar, closed_through date)")
    for other in _other_books(root, set_of_books):
        connection.execute("insert into sealed.other_books values (?, ?)", other)
    connection.execute("commit")
    return []


def _other_books(root: Path, set_of_books: str) -> Iterator[tuple[str, str]]:
    """The name and the last closed period of all other books that lie beside these."""
    for folder in root.iterdir() if root.is_dir() else ():
        ends = sorted(path for path in folder.glob(f"*-*-*/{MANIFEST}") if _MONTH_END.fullmatch(path.parent.name))
        if ends and folder != folder_of_books(root, set_of_books):
            yield json.loads(ends[-1].read_bytes())["set_of_books"], ends[-1].parent.name


def _faults_of_log(connection: DuckDBPyConnection, found: list[Sealed], books: Path, set_of_books: str) -> list[str]:
    """Closings that the audit log knows and the folders don't: at the end of a chain no later folder misses them."""
    there = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = 'governance' "
        "and table_name = 'audit_log'"
    ).fetchall()
    if not there:
        return []
    logged = connection.execute(
        "select subject_id, actor, words from governance.audit_log where source_name = ? and event = 'closing' "
        "order by entry_number",
        [set_of_books],
    ).fetchall()
    hashes = {str(period.period_end): period.manifest_hash for period in found}
    faults = []
    for end, closed_by, words in logged:
        if end not in hashes:
            faults.append(
                f"The folder of the closed period {end} is missing from {books}: {closed_by} closed it, by the audit "
                "log. Put it back as it was sealed."
            )
        elif hashes[end] not in words:
            faults.append(
                f"The closed period {end} in {books} is not the one that {closed_by} closed, by the audit log: put "
                "back the folder as it was sealed."
            )
    return faults


def _read(name: str, columns: dict[str, str], periods: list[Sealed]) -> str:
    """A select of one file of every period that has it, with all columns of the view."""
    parts = [f"select {', '.join(f'cast(null as {kind}) as {column}' for column, kind in columns.items())} where false"]
    for period in (period for period in periods if f"{name}.parquet" in period.manifest["files"]):
        told = {"manifest_hash": f"'{period.manifest_hash}' as manifest_hash"}
        present = period.manifest["files"][f"{name}.parquet"]["columns"]
        chosen = [told.get(column, column) for column in columns if column in told or column in present]
        file = literal((period.folder / f"{name}.parquet").resolve())
        parts.append(f"select {', '.join(chosen)} from read_parquet({file})")
    casts = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in columns.items())
    return f"select {casts} from ({' union all by name '.join(parts)})"
