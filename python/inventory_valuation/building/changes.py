"""Build only what changed: a table is made anew where its definition or anything that it reads is not what it was.

Each table that a build makes leaves a fingerprint, by month for a table that says when its rows became known
(meta `known_by`), in one piece for any other. With it stand the fingerprints of all that it read. The next build
compares them with what these relations hold now:

- Nothing differs: the table stays as it is.
- Months of relations differ, from a first one on, and the table's rows are known by month too: only the months from
  there on are made anew. This holds because a row may depend on nothing that became known after it.
- Anything else differs: all of it is made anew.

Columns that speak of the newest date (`is_latest`, `has_outcome`) change in earlier months of a table although nothing
else in it does. They have a fingerprint of their own, which counts for tables whose text names them, or which have such
columns.

What is compared are contents, not times of files. A table that was made anew and came out the same changes nothing
after it. A table's record is taken out before the table is touched and written after it is finished, so a build that
was killed in between makes the table anew.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from duckdb import BinderException, CatalogException, DuckDBPyConnection, Error

from inventory_valuation.provenance import code_hash, file_hash

EVERYTHING = "everything"
NOTHING = "nothing"

# What decides on the figures of a Python model besides its own lines and what it reads.
LIBRARIES = ("duckdb", "numba", "numpy", "pyarrow", "scikit-learn", "scipy", "xgboost-cpu")

_READ = re.compile(r"\bread_\w+\(")
_READ_FILE = re.compile(r"\bread_\w+\(\s*'([^']+)'")

# Two neighbours in a dotted name, each pair: database and schema, schema and table.
_DOTTED = re.compile(r'(?=\b(\w+)"?\."?(\w+))')

# A function of the database's own: it stands in a schema.
_CALL = re.compile(r"\b\w+\.\w+\(")

# The text of a view costs ten times as much as its name.
_VIEWS = "select schema_name || '.' || view_name from duckdb_views() where not internal"
_VIEW_TEXTS = "select schema_name || '.' || view_name, sql from duckdb_views() where not internal"
_TABLES = "select schema_name || '.' || table_name from duckdb_tables() where not internal"
_FUNCTIONS = """
    select
        schema_name || '.' || function_name,
        string_agg(cast(parameters as varchar) || macro_definition, ' ' order by parameters)
    from duckdb_functions()
    where not internal and macro_definition is not null
    group by schema_name, function_name
"""

_MONTH = re.compile(r"@(\d{4}-\d\d-01)$")

# Columns that speak of the newest date, and the name under which their fingerprint stands.
_FLAG = re.compile(r"\b(is_latest\w*|has_outcome)\b")
_FLAGS = "#flags"

# By `schema.name`, and by `schema.name@month` where a relation is known by month.
Prints = dict[str, str]


class Record(NamedTuple):
    """What a finished table left: what decided on it, what it holds and what it was made from."""

    definition: str
    holds: Prints
    reads: Prints | None


def open_record(connection: DuckDBPyConnection) -> None:
    """Make the table that holds what builds leave, where it is absent."""
    connection.execute("""
        create schema if not exists remembered;
        create table if not exists remembered.built_tables (
            table_name varchar, definition varchar, row_count bigint, holds varchar, reads varchar
        );
    """)


def present_reads(connection: DuckDBPyConnection, table: str, query: str) -> Prints | None:
    """Fingerprints of all that a query reads, as it is now.

    Args:
        connection: to the build's database.
        table: what the query makes, as `schema.name`.
        query: a select; it may read more than its model refers to.

    Returns:
        Fingerprints of tables by what they hold, of views and the database's own functions by their text, of files by
        their bytes; in one where DuckDB can't tell the tables. None where files can't be told: what such a query makes
        is always made anew.
    """
    named = _named_by(connection, query)
    found: Prints = {f"text of {name}": _digest(text) for name, text in named.items()}
    texts = [query, *named.values()]
    tables, are_told = _tables_read(connection, query), True
    if tables is None:
        tables, are_told = _tables_named(connection, texts), False
    for text in texts:
        files = _files_of(text)
        if files is None:
            return None
        for file in files:
            found[f"file {file}"] = _file_hash(file, file.stat().st_size, file.stat().st_mtime_ns)
    for holds in held_by(connection, tables).values():
        found |= holds
    if not any(map(_FLAG.search, [*texts, *_columns(connection, table)])):
        found = {name: fingerprint for name, fingerprint in found.items() if not name.endswith(_FLAGS)}
    if not are_told:
        # More may be named than is read: that is enough to leave a table as it is, not to keep its months.
        found = {"all that is named": _digest(json.dumps(found, sort_keys=True))}
    return found


def held_by(connection: DuckDBPyConnection, tables: set[str]) -> dict[str, Prints]:
    """Fingerprints of what tables hold now, as they were recorded, or taken where they were not."""
    records = _records_of(connection, tables)
    recorded = {table: records[table].holds if table in records else {} for table in tables}
    return {table: holds or _prints(connection, table, None) for table, holds in recorded.items()}


def first_change(connection: DuckDBPyConnection, table: str, definition: str, reads: Prints | None) -> str:
    """From where on a table must be made anew.

    Args:
        connection: to the build's database.
        table: as `schema.name`.
        definition: all that decides on the table besides what it reads.
        reads: what it reads, as `present_reads` gives it.

    Returns:
        `everything`, `nothing`, or the first day of a month.
    """
    record = _records_of(connection, {table}).get(table)
    if record is None or record.definition != definition or record.reads is None or reads is None:
        return EVERYTHING
    different = {name for name, _ in record.reads.items() ^ reads.items()}
    if not different:
        return NOTHING
    if not all(map(_month_of, [*different, *record.holds])):
        return EVERYTHING
    return min(map(_month_of, different))


def forget_table(connection: DuckDBPyConnection, table: str) -> None:
    """Take out a table's record, before the table is touched."""
    connection.execute("delete from remembered.built_tables where table_name = ?", [table])


def record_table(
    connection: DuckDBPyConnection, table: str, definition: str, known_by: str | None, reads: Prints | None
) -> None:
    """Write down what a finished table holds and what it was made from.

    Args:
        connection: to the build's database.
        table: as `schema.name`.
        definition: as for `first_change`.
        known_by: an expression of the table's columns, the day on which a row became known; none for a table whose
            rows have no such day.
        reads: what it was made from; none for a table that is always made anew.
    """
    holds = _prints(connection, table, known_by)
    connection.execute(
        f"insert into remembered.built_tables select ?, ?, count(*), ?, ? from {table}",
        [table, definition, json.dumps(holds), json.dumps(reads)],
    )


def definition_of(code: object, language: str) -> str:
    """Hash of all that decides on a table besides what it reads.

    Args:
        code: the model's code and settings.
        language: of the model; what Python computes hangs on the library too.
    """
    told = json.dumps([code, library_hash() if language == "python" else version("duckdb")])
    return _digest(told)


@cache
def library_hash() -> str:
    """Hash of the project's library and of the versions of the libraries that it computes with."""
    versions = "".join(f"{library} {version(library)}\n" for library in LIBRARIES)
    return _digest(versions + code_hash(Path(__file__).parents[1], "**/*.py"))


def _records_of(connection: DuckDBPyConnection, tables: set[str]) -> dict[str, Record]:
    """The records of tables; none of one that no longer has as many rows, and none at all where one is absent."""
    recorded = {
        table: (rows, Record(definition, json.loads(holds), json.loads(reads)))
        for table, definition, rows, holds, reads in connection.execute(
            "select * from remembered.built_tables where table_name in ?", [sorted(tables)]
        ).fetchall()
    }
    if not recorded:
        return {}
    counting = " union all ".join(f"select '{table}', count(*) from {table}" for table in recorded)
    try:
        counts = connection.execute(counting).fetchall()
    except CatalogException:
        return {}
    return {table: recorded[table][1] for table, count in counts if count == recorded[table][0]}


def _prints(connection: DuckDBPyConnection, relation: str, known_by: str | None) -> Prints:
    """Number of rows and sum of their hashes, by month or as a whole; the order of rows counts for nothing."""
    columns = _columns(connection, relation)
    flags = [column for column in columns if _FLAG.fullmatch(column)]
    by_month = known_by is not None and _has(connection, relation, known_by)
    held = f"(select * exclude ({', '.join(flags)}) from {relation})" if flags else relation
    name = f"'{relation}' || coalesce('@' || strftime({known_by}, '%Y-%m-01'), '')" if by_month else f"'{relation}'"
    prints = connection.execute(f"""
        select {name} as print_name, count(*) || ':' || coalesce(sum(cast(hash(held) as hugeint)), 0)
        from {held} as held
        {"group by print_name" if by_month else ""}
    """).fetchall()
    if flags:
        (flagged,) = connection.execute(f"""
            select coalesce(sum(cast(hash(held) as hugeint)), 0) from {relation} as held
        """).fetchone()
        prints.append((relation + _FLAGS, str(flagged)))
    return dict(prints)


def _has(connection: DuckDBPyConnection, relation: str, expression: str) -> bool:
    """Whether a relation has the columns of an expression: a folder says one for all its tables."""
    try:
        connection.execute(f"select {expression} from {relation} limit 0")
    except BinderException:
        return False
    return True


def _columns(connection: DuckDBPyConnection, relation: str) -> list[str]:
    """The columns of a table, none where it is absent."""
    try:
        return [column for column, *_ in connection.execute(f"select * from {relation} limit 0").description]
    except CatalogException:
        return []


def _month_of(name: str) -> str:
    """The month of a fingerprint's name; empty where it speaks of a whole relation."""
    found = _MONTH.search(name)
    return found[1] if found else ""


def _tables_read(connection: DuckDBPyConnection, query: str) -> set[str] | None:
    """The tables that a query reads, by itself or through views; none where DuckDB (1.5) fails: on unions of stars."""
    try:
        return {_plain(name) for name in connection.get_table_names(query, qualified=True)}
    except Error:
        return None


def _tables_named(connection: DuckDBPyConnection, texts: list[str]) -> set[str]:
    """The tables whose names stand in texts."""
    known = {name for (name,) in connection.execute(_TABLES).fetchall()}
    return {".".join(pair) for text in texts for pair in _DOTTED.findall(text)} & known


def _named_by(connection: DuckDBPyConnection, query: str) -> dict[str, str]:
    """The views and functions of the database that a query names, and those that they name, with their texts."""
    views = {name for (name,) in connection.execute(_VIEWS).fetchall()}
    texts: dict[str, str] = {}
    functions: dict[str, str] = {}
    found: dict[str, str] = {}
    waiting = [query]
    while waiting:
        text = waiting.pop()
        if _CALL.search(text) and not functions:
            functions = dict(connection.execute(_FUNCTIONS).fetchall())
        named = {".".join(pair) for pair in _DOTTED.findall(text)} & (views | functions.keys()) - found.keys()
        if named & views and not texts:
            texts = dict(connection.execute(_VIEW_TEXTS).fetchall())
        new = {name: texts[name] if name in views else functions[name] for name in named}
        found |= new
        waiting += new.values()
    return found


def _files_of(text: str) -> list[Path] | None:
    """The files that a text reads; none where it reads others than single ones by their names."""
    files = [Path(name) for name in _READ_FILE.findall(text)]
    if len(files) != len(_READ.findall(text)) or not all(file.is_file() for file in files):
        return None
    return files


@cache
def _file_hash(file: Path, size: int, changed_at: int) -> str:
    """A file's hash, taken once for a file that is not written again in the meantime."""
    return file_hash(file)


def _plain(name: str) -> str:
    """`schema.name`, without the database, quotes and the alias that DuckDB tells with it."""
    return ".".join(part.strip('"') for part in name.split(" AS ")[0].split(".")[-2:])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
