"""Before any work: find and read the input tables, list everything that is wrong, and lay the rows out for the models.

What is prepared stands in the schema `source_rows` of the build's database: a relation for every input table, the
window of the data, and how each file was read.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from inventory_valuation.policies.checking import faults_of_calendar, faults_of_names, read_policies
from inventory_valuation.policies.rows import Seeds
from inventory_valuation.provenance import file_hash
from inventory_valuation.sources.contract import CONTRACT, Table, input_tables
from inventory_valuation.sources.dialects import DAYS, NUMBERS
from inventory_valuation.sources.faults import parquet_fault, text_fault
from inventory_valuation.sources.files import Delivered, SourceFault, find_files
from inventory_valuation.sources.reading import (
    MACROS,
    Reading,
    decide,
    delivered_select,
    leave_out_empty_lines,
    read_files,
    read_relation,
    typed_select,
    weigh,
)
from inventory_valuation.sources.scale import faults_of_scale
from inventory_valuation.sources.values import faults_of_values
from inventory_valuation.sources.variables import day_of, faults_of_variables
from inventory_valuation.sources.window import Window, last_load, month_end, movements_by_day, window_of


@dataclass
class Delivery:
    """What was found of a delivery.

    Attributes:
        readings: how the tables that are there are read, by name.
        files: their files; empty for relations of a schema.
        unread: files and folders that nobody reads.
        faults: what stops a build, in sentences.
    """

    readings: dict[str, Reading] = field(default_factory=dict)
    files: dict[str, Delivered] = field(default_factory=dict)
    unread: list[Path] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def prepare_sources(
    connection: DuckDBPyConnection,
    variables: Mapping[str, object],
    copies: Path,
    policies: Mapping[str, Path] | None = None,
) -> list[str]:
    """Check vars, policies and what a company hands over, and lay its rows out in the schema `source_rows`.

    Args:
        connection: to the build's database.
        variables: the vars of the project by name.
        copies: folder for files that had to be turned into UTF-8.
        policies: the files of the seeds by name; none: those of the project.

    Returns:
        Everything that is wrong, in sentences; then nothing was changed.
    """
    seeds, faults = read_policies(policies)
    of_variables = list(faults_of_variables(variables))
    if of_variables:
        return of_variables + faults
    stamp = _stamp(variables)
    if stamp and stamp == _last_stamp(connection):
        return faults + faults_of_seeds(connection, seeds, _last_window(connection))
    delivery = open_delivery(connection, variables, copies)
    faults += delivery.faults
    if delivery.faults:
        return faults
    connection.execute("begin")
    try:
        lay_out(connection, delivery)
        of_rows, window = faults_of_rows(connection, delivery, variables)
        faults += of_rows + faults_of_seeds(connection, seeds, window)
        if not faults:
            _write_findings(connection, delivery, window, stamp)
        connection.execute("rollback" if faults else "commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return faults


def open_delivery(connection: DuckDBPyConnection, variables: Mapping[str, object], copies: Path) -> Delivery:
    """Find all input tables and how each is read.

    Args:
        connection: to the build's database, in which the relations of the var `source_schema` stand.
        variables: the vars of the project.
        copies: folder for files that are to be turned into UTF-8.
    """
    tables, schema = input_tables(), variables.get("source_schema")
    if schema:
        return _weighed(connection, _of_schema(connection, str(schema)), variables)
    folder = Path(str(variables.get("source_path")))
    files, unread, faults = find_files(folder, tables)
    delivery = Delivery(files=files, unread=unread, faults=faults)
    if not files and not faults:
        delivery.faults.append(
            f"The source folder '{folder}' is missing or holds no input table: make the demo company "
            "with `make demo`, or set the var source_path to the folder of your own files."
        )
    # In a database of its own: what breaks the reader must not break the build's database.
    with duckdb.connect() as reader:
        for name, delivered in files.items():
            try:
                delivery.readings[name] = _opened(reader, tables[name], delivered, copies)
            except SourceFault as fault:
                delivery.faults.append(f"{delivered.place[:1].upper()}{delivered.place[1:]} {fault}.")
        return _weighed(reader, delivery, variables)


def _of_schema(connection: DuckDBPyConnection, schema: str) -> Delivery:
    tables, delivery = input_tables(), Delivery()
    rows = connection.execute(
        "select lower(table_name) from information_schema.tables where table_schema = ?", [schema]
    ).fetchall()
    if schema == "source_rows":
        delivery.faults.append(
            "The var source_schema is 'source_rows', where the build lays out rows of its own: name another schema."
        )
    for name in tables.keys() & {row[0] for row in rows}:
        delivery.readings[name] = read_relation(connection, tables[name], schema)
    if not delivery.readings:
        delivery.faults.append(
            f"The schema '{schema}' of the var source_schema holds none of the input tables: "
            "create them there, or unset the var to read files."
        )
    return delivery


def _opened(reader: DuckDBPyConnection, table: Table, delivered: Delivered, copies: Path) -> Reading:
    """A table's reading, its files read to their end."""
    told = text_fault if delivered.is_text else parquet_fault
    try:
        reading = read_files(reader, table, delivered, copies)
        if delivered.is_text:
            leave_out_empty_lines(reader, reading)
        else:
            reader.execute(f"select bit_xor(hash(columns(*))) from {reading.scan}").fetchall()
    except PermissionError:
        raise SourceFault("may not be read: give this user the right to") from None
    except (duckdb.Error, OSError, ValueError) as error:
        raise SourceFault(told(str(error))) from None
    return reading


def _weighed(connection: DuckDBPyConnection, delivery: Delivery, variables: Mapping[str, object]) -> Delivery:
    """Check tables and columns against the contract, and find how values are written."""
    for table in input_tables().values():
        if table.name in delivery.files and table.name not in delivery.readings:
            continue  # its file can't be opened, and that is said
        delivery.faults += _faults_of_table(table, delivery.readings.get(table.name), variables)
    if delivery.faults:
        return delivery
    _make_macros(connection)
    readings = list(delivery.readings.values())
    for reading in readings:
        weigh(connection, reading)
    for reading in readings:
        delivery.faults += decide(reading, readings, variables)
    return delivery


def _faults_of_table(table: Table, reading: Reading | None, variables: Mapping[str, object]) -> Iterator[str]:
    if reading is None:
        if table.required:
            place = (
                f"the relation {variables['source_schema']}.{table.name}"
                if variables.get("source_schema")
                else f"the file {variables.get('source_path')}/{table.name}.parquet"
            )
            yield (
                f"The required table {table.name} is absent: put {place} in place, with the columns "
                f"{', '.join(table.columns)}."
            )
        return
    for column in table.columns.values():
        if column.required and column.name not in reading.columns:
            yield (
                f"The column {column.name} is missing from {reading.place}, and the table {table.name} needs it: "
                "add the column, or rename yours to it."
            )


def _make_macros(connection: DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists source_rows")
    connection.execute(MACROS.read_text())


def lay_out(connection: DuckDBPyConnection, delivery: Delivery) -> None:
    """A relation for every input table: text files as tables, since they are slow to read again; others as views."""
    connection.execute("drop schema if exists source_rows cascade")
    _make_macros(connection)
    for table in input_tables().values():
        reading = delivery.readings.get(table.name)
        kind = "table" if reading and reading.is_text else "view"
        connection.execute(f"create {kind} source_rows.{table.name} as {typed_select(table, reading)}")
        delivered = (
            delivered_select(reading) if reading else "select cast(null as bigint) as source_row_number where false"
        )
        connection.execute(f"create view source_rows.{table.name}_as_delivered as {delivered}")


def faults_of_rows(
    connection: DuckDBPyConnection, delivery: Delivery, variables: Mapping[str, object]
) -> tuple[list[str], Window | None]:
    """What is wrong with the rows that are laid out, and the window of the data."""
    faults = list(faults_of_values(connection, delivery.readings, variables))
    faults += faults_of_scale(connection, variables)
    as_of = day_of(variables["as_of_date"]) if variables.get("as_of_date") else None
    tables = input_tables()
    movements, loaded = movements_by_day(connection, tables), last_load(connection, tables)
    window, asked = window_of(movements, loaded), window_of(movements, loaded, as_of)
    if window is None:
        faults.append("No input table holds a movement with a day: hand over receipts or sales with their days.")
    elif as_of is None and window.as_of_date < month_end(window.first_day):
        faults.append(
            f"The data hold no complete month, they go from {window.first_day} to {window.last_day}: hand over at "
            f"least one, or set the var as_of_date to {month_end(window.first_day)} if nothing more happened in it."
        )
    elif as_of is not None and as_of < month_end(window.first_day):
        faults.append(
            f"The var as_of_date is {as_of}, but the data begin on {window.first_day}: set it to "
            f"{month_end(window.first_day)} or a later day, or leave it out."
        )
    elif as_of and as_of > _newest(window, as_of) and not _is_true_that_nothing_happened(window, as_of, variables):
        faults.append(
            f"The var as_of_date is {as_of}, but the newest movement is of {window.last_day}: hand over the movements "
            f"up to that day, leave the var out (the build then values {window.as_of_date}), or set the var "
            "nothing_since_last_movement to true if nothing has happened since."
        )
    return faults, asked


def faults_of_seeds(connection: DuckDBPyConnection, seeds: Seeds, window: Window | None) -> list[str]:
    """What the policies say of things that the laid out rows do not hold."""
    return [*faults_of_names(connection, seeds), *faults_of_calendar(seeds, window)]


def _newest(window: Window, as_of: date) -> date:
    """The newest day that can be valued: a month end with all of its month, or for a flash the last day of data."""
    return window.as_of_date if as_of == month_end(as_of) else max(window.as_of_date, window.reaches_to)


def _is_true_that_nothing_happened(window: Window, as_of: object, variables: Mapping[str, object]) -> bool:
    """Whether somebody says so, or asks for the only month that there is."""
    return bool(variables.get("nothing_since_last_movement")) or (
        as_of == month_end(window.first_day) == month_end(window.last_day)
    )


def _write_findings(connection: DuckDBPyConnection, delivery: Delivery, window: Window, stamp: str | None) -> None:
    connection.execute(
        "create table source_rows.data_window as select cast(? as date) as first_day, cast(? as date) as last_day, "
        "cast(? as date) as delivered_on, cast(? as date) as as_of_date, cast(? as varchar) as explanation, "
        "cast(? as varchar) as thin_days, cast(? as date) as flash_date",
        [
            window.first_day,
            window.last_day,
            window.delivered_on,
            window.as_of_date,
            window.explanation,
            window.thin_days or None,
            window.flash_date,
        ],
    )
    connection.execute(
        "create table source_rows.source_files (table_name varchar, place varchar, row_count bigint, "
        "written_in varchar, notes varchar, content_hash varchar)"
    )
    rows = []
    for name in input_tables():
        reading = delivery.readings.get(name)
        if reading:
            hashed = _content_hash(connection, reading, delivery.files.get(name))
            notes = " ".join(reading.notes) or None
            rows.append((name, reading.place, reading.rows, written_in(reading), notes, hashed))
        else:
            rows.append((name, None, 0, None, None, None))
    rows += [(None, str(path), None, None, _why_unread(path), None) for path in delivery.unread]
    connection.executemany("insert into source_rows.source_files values (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("create table source_rows.stamp as select cast(? as varchar) as stamp", [stamp])


def written_in(reading: Reading) -> str | None:
    """How a text file is written, in words."""
    if not reading.is_text:
        return None
    names = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
    parted = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}.get(reading.delimiter, reading.delimiter)
    words = [names[reading.encoding], f"values parted by {parted}"]
    for question in (NUMBERS, DAYS):
        evidence = reading.total(question)
        if evidence.verdict is not None:
            words.append(question.in_words(evidence.verdict))
    if reading.empty_lines:
        words.append(f"{reading.empty_lines:,} empty line{'s' if reading.empty_lines > 1 else ''} left out")
    return ", ".join(words)


def _why_unread(path: Path) -> str:
    return f"Nobody reads {path}: no input table has this name. Rename it to that of its table, or take it away."


def _content_hash(connection: DuckDBPyConnection, reading: Reading, delivered: Delivered | None) -> str:
    """SHA-256 of a table's files; of a relation, which has none, a hash of its rows in any order."""
    if delivered is None:
        columns = ", ".join('"' + written.replace('"', '""') + '"' for written, _ in reading.columns.values())
        (row,) = connection.execute(f"select cast(bit_xor(hash({columns})) as varchar) from {reading.scan}").fetchall()
        return row[0]
    hashes = [file_hash(path) for path in delivered.paths]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def _stamp(variables: Mapping[str, object]) -> str | None:
    """What the prepared rows depend on; None: it can't be told without reading."""
    if variables.get("source_schema"):
        return None
    folder = Path(str(variables.get("source_path")))
    if not folder.is_dir():
        return None
    files = [
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    code = [file_hash(path) for path in sorted([*Path(__file__).parent.iterdir(), CONTRACT]) if path.is_file()]
    told = json.dumps([files, code, dict(variables)], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _last_stamp(connection: DuckDBPyConnection) -> str | None:
    try:
        rows = connection.execute("select stamp from source_rows.stamp").fetchall()
    except duckdb.CatalogException:
        return None
    return rows[0][0] if rows else None


def _last_window(connection: DuckDBPyConnection) -> Window:
    (row,) = connection.execute(
        "select first_day, last_day, delivered_on, as_of_date, explanation from source_rows.data_window"
    ).fetchall()
    return Window(*row)


def temporary_copies() -> tempfile.TemporaryDirectory[str]:
    """A folder for copies in UTF-8 that nobody needs afterwards."""
    return tempfile.TemporaryDirectory(prefix="inventory-valuation-")
