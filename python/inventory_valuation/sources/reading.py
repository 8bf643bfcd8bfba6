"""Reading the input tables: each becomes a relation of the schema `source_rows`, with the contract's columns and types.

Such a relation holds the rows as they came, not yet judged: an absent table has none, an absent column is null, and a
value that can't be read is null and named in `unreadable_columns`. Beside it stands `<table>_as_delivered`, with every
column that was delivered. Text files are read once, into tables; Parquet files and relations are read where they lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import literal
from inventory_valuation.sources.contract import LOADED_AT, Column, Table
from inventory_valuation.sources.dialects import DAYS, NUMBERS, Evidence, Question, answer, doubt, sighting
from inventory_valuation.sources.files import LONGEST_LINE, Delivered, Header, in_utf8, parquet_names, text_header

MACROS = Path(__file__).with_name("reading.sql")
# Beyond these lies a slip; sums over a company still fit 64 bits, in ten-thousandths and in millionths.
LARGEST_AMOUNT, LARGEST_QUANTITY = 10**13, 10**11


@dataclass
class Reading:
    """How an input table is read.

    Attributes:
        table: the input table.
        place: where it stands, in words.
        scan: SQL of the rows as delivered, numbered by `source_row_number`.
        columns: the delivered columns by their name in the contract's manner: name as written and SQL type.
        is_text: whether it comes from text files.
        encoding: of those.
        delimiter: of those.
        evidence: by question and column, what the values say.
        answers: by column, how values that can be read in two ways are read.
        rows: number of rows.
        empty_lines: lines of a text file that hold no value, and are left out.
        notes: what a person should know of the file, in sentences.
    """

    table: Table
    place: str
    scan: str
    columns: dict[str, tuple[str, str]]
    is_text: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    evidence: dict[str, dict[str, Evidence]] = field(default_factory=dict)
    answers: dict[str, bool] = field(default_factory=dict)
    rows: int = 0
    empty_lines: int = 0
    notes: list[str] = field(default_factory=list)

    def total(self, question: Question) -> Evidence:
        """The evidence of all columns together."""
        return sum(self.evidence.get(question.var, {}).values(), Evidence())

    def known(self) -> list[Column]:
        """The columns of the contract that were delivered, with `loaded_at`."""
        return [column for column in (*self.table.columns.values(), LOADED_AT) if column.name in self.columns]


def read_files(connection: DuckDBPyConnection, table: Table, delivered: Delivered, copies: Path) -> Reading:
    """How a table is read from its files.

    Args:
        connection: to any database.
        table: the input table.
        delivered: its files.
        copies: where files go that are to be turned into UTF-8.

    Raises:
        SourceFault: a file can't be opened.
    """
    if delivered.is_text:
        headers = [text_header(path) for path in delivered.paths]
        scans = [
            _text_scan(in_utf8(path, header.encoding, copies / f"{table.name}-{number}.csv"), header)
            for number, (path, header) in enumerate(zip(delivered.paths, headers, strict=True))
        ]
        scan = f"(select *, row_number() over () as source_row_number from ({' union all by name '.join(scans)}))"
        reading = Reading(table, delivered.place, scan, _columns_of(connection, scan), True)
        reading.encoding, reading.delimiter = headers[0].encoding, headers[0].delimiter
        reading.notes += _renamed(headers[0], delivered.place)
        return reading
    for path in delivered.paths:
        parquet_names(path)
    files = ", ".join(literal(path) for path in delivered.paths)
    if len(delivered.paths) == 1:
        scan = (
            "(select * exclude (file_row_number), file_row_number + 1 as source_row_number "
            f"from read_parquet({files}, file_row_number = true))"
        )
    else:
        scan = (
            f"(select *, row_number() over () as source_row_number from read_parquet([{files}], union_by_name = true))"
        )
    return Reading(table, delivered.place, scan, _columns_of(connection, scan))


def leave_out_empty_lines(connection: DuckDBPyConnection, reading: Reading) -> None:
    """Read a text file to its end; lines of nothing but delimiters, as spreadsheets leave them, are no rows."""
    names = [_name(written) for written, _ in reading.columns.values()]
    is_held = " or ".join(f"trim({name}) <> ''" for name in names)
    rows, held = connection.execute(
        f"select count(*), count(*) filter (where {is_held}) from {reading.scan}"
    ).fetchall()[0]
    if rows > held:
        reading.scan = f"(select * from {reading.scan} where {is_held})"
        reading.empty_lines = rows - held


def read_relation(connection: DuckDBPyConnection, table: Table, schema: str) -> Reading:
    """How a table is read from a relation of the build's database."""
    scan = f"(select *, row_number() over () as source_row_number from {_name(schema)}.{_name(table.name)})"
    return Reading(table, f"the relation {schema}.{table.name}", scan, _columns_of(connection, scan))


def _text_scan(path: Path, header: Header) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.names)
    return (
        f"select * from read_csv({literal(path)}, auto_detect = false, header = true, "
        f"delim = {literal(header.delimiter)}, quote = '\"', escape = '\"', skip = {header.skipped}, "
        f"max_line_size = {LONGEST_LINE}, "
        f"buffer_size = {LONGEST_LINE}, columns = {{{columns}}})"
    )


def _renamed(header: Header, place: str) -> list[str]:
    blanks = [name for name, written in zip(header.names, header.written, strict=True) if written not in (name, "")]
    return [f"Blanks around the column {name} in {place} were taken off." for name in blanks]


def _columns_of(connection: DuckDBPyConnection, scan: str) -> dict[str, tuple[str, str]]:
    rows = connection.execute(f"describe select * from {scan}").fetchall()
    return {row[0].strip().lower(): (row[0], row[1]) for row in rows if row[0] != "source_row_number"}


def weigh(connection: DuckDBPyConnection, reading: Reading) -> None:
    """Find what all values of a reading say of how they are written, and note columns without a value."""
    asked = [
        (question, column)
        for column in reading.known()
        if reading.columns[column.name][1] == "VARCHAR"
        for question, is_asked in ((NUMBERS, column.is_number), (DAYS, column.is_day))
        if is_asked
    ]
    texts = [column for column in reading.known() if reading.columns[column.name][1] == "VARCHAR"]
    words = [f"source_rows.word_of({_name(reading.columns[column.name][0])}) as {column.name}" for column in texts]
    aggregates = [question.aggregates(column.name, "source_row_number") for question, column in asked]
    held = [f"count({column.name})" for column in texts]
    (found,) = connection.execute(
        f"select count(*), {', '.join([*held, *aggregates]) or '0'} "
        f"from (select {', '.join([*words, 'source_row_number'])} from {reading.scan})"
    ).fetchall()
    reading.rows = found[0]
    void = [column.name for column, count in zip(texts, found[1:], strict=False) if reading.rows and not count]
    if void:
        columns = f"column {void[0]} holds" if len(void) == 1 else f"columns {', '.join(void)} hold"
        reading.notes.append(f"In {reading.place} the {columns} no value.")
    told = found[1 + len(held) :]
    for place, (question, column) in enumerate(asked):
        sightings = [sighting(one) for one in told[3 * place : 3 * place + 3]]
        reading.evidence.setdefault(question.var, {})[column.name] = Evidence(*sightings)


def decide(reading: Reading, others: list[Reading], variables: Mapping[str, object]) -> list[str]:
    """Decide how values are read that can be read in two ways; returns the questions that stay open, as sentences."""
    open_questions = []
    for question in (NUMBERS, DAYS):
        file = reading.total(question)
        usual = None
        if question is NUMBERS:
            # Where text is written by a machine, as in Parquet, it has a decimal point.
            usual = {";": True, ",": False}.get(reading.delimiter or ",")
        for column, evidence in reading.evidence.get(question.var, {}).items():
            found = answer(
                question,
                evidence,
                file,
                [other.total(question) for other in others if other.is_text and other is not reading],
                variables.get(question.var),
                usual,
            )
            if found is None and evidence.either.count:
                open_questions.append(doubt(question, column, reading.place, evidence, file))
            reading.answers[column] = bool(found)
            if evidence.either.count and found is not None:
                reading.notes.append(
                    f"'{evidence.either.first}' in the column {column} of {reading.place} is read with "
                    f"{question.in_words(found)}."
                )
    return open_questions


def typed_select(table: Table, reading: Reading | None) -> str:
    """SQL of the relation that stands for an input table.

    Columns: those of the contract, `loaded_at`, `unreadable_columns` (names, in words), `quantity_cut` (what the
    quantity lost by rounding), `further_hash` (of the columns that the contract does not know) and `source_row_number`.

    Args:
        table: the input table.
        reading: how it is read; None: it is absent.
    """
    columns = [*table.columns.values(), LOADED_AT]
    if reading is None:
        nulls = ", ".join(f"cast(null as {column.sql_type}) as {column.name}" for column in columns)
        return (
            f"select {nulls}, cast(null as varchar) as unreadable_columns, cast(0 as double) as quantity_cut, "
            "cast(0 as ubigint) as further_hash, cast(null as bigint) as source_row_number where false"
        )
    known = {column.name for column in columns}
    further = [_name(written) for name, (written, _) in reading.columns.items() if name not in known]
    hashed = f"hash({', '.join(further)})" if further else "cast(0 as ubigint)"
    # Each step reads the one before by name: one expression for all would be written out many times over.
    words = [f"{_word(column, reading)} as {column.name}" for column in columns]
    texts = [f"{_text(column, reading)} as {column.name}" for column in columns]
    values = [f"{column.name} as {column.name}_text, {_value(column, reading)} as {column.name}" for column in columns]
    bounded = [f"{_bounded(column)} as {column.name}" for column in columns]
    kept = "further_hash, source_row_number"
    return f"""
        select {", ".join(bounded)}, {_unreadable(columns, reading)} as unreadable_columns,
            {_quantity_cut(reading)} as quantity_cut, {kept}
        from (
            select {", ".join(values)}, {kept} from (
                select {", ".join(texts)}, {kept} from (
                    select {", ".join(words)}, {hashed} as further_hash, source_row_number from {reading.scan}
                ) as words
            ) as texts
        ) as typed"""


def delivered_select(reading: Reading) -> str:
    """SQL of all delivered columns; JSON knows neither NaN nor infinities, so numbers that may be such are text."""
    floating = [
        f"cast({_name(written)} as varchar) as {_name(written)}"
        for written, kind in reading.columns.values()
        if kind in ("FLOAT", "DOUBLE")
    ]
    replaced = f" replace ({', '.join(floating)})" if floating else ""
    return f"select *{replaced} from {reading.scan}"


def _kind(column: Column, reading: Reading) -> str:
    """The SQL type of a delivered column; empty where it is absent."""
    return reading.columns.get(column.name, ("", ""))[1]


def _word(column: Column, reading: Reading) -> str:
    """A delivered text without blanks around it, null where it says nothing; other types as they are."""
    if column.name not in reading.columns:
        return f"cast(null as {column.sql_type})"
    written, kind = reading.columns[column.name]
    raw = _name(written)
    if kind == "BLOB" and column.data_type != "blob":
        # Bytes have no letters until someone says in which encoding.
        return raw
    if column.data_type == "string" and kind in ("FLOAT", "DOUBLE"):
        return f"regexp_replace(source_rows.word_of(cast({raw} as varchar)), '\\.0$', '')"
    if column.id_of and kind == "VARCHAR":
        # Blanks around an id are a spelling: the cross-reference mends it, and says so.
        return f"case when source_rows.word_of({raw}) is not null then {raw} end"
    if column.data_type == "string":
        return f"source_rows.word_of(cast({raw} as varchar))"
    return f"source_rows.word_of({raw})" if kind == "VARCHAR" and column.data_type != "blob" else raw


def _text(column: Column, reading: Reading) -> str:
    """A word as the engine casts it."""
    answer = str(reading.answers.get(column.name, False)).lower()
    if _kind(column, reading) != "VARCHAR":
        return column.name
    if column.is_number:
        # What the engine reads by itself, it reads faster; but a point may part thousands where the comma is decimal.
        text = f"source_rows.number_text({column.name}, {answer})"
        return (
            text
            if answer == "true"
            else (f"case when try_cast({column.name} as double) is not null then {column.name} else {text} end")
        )
    if column.is_day:
        return f"coalesce(source_rows.moment_text({column.name}, {answer}), {column.name})"
    return column.name


def _value(column: Column, reading: Reading) -> str:
    """A text or typed value as the contract's type, null where it can't be read."""
    name, kind = column.name, _kind(column, reading)
    if column.data_type == "string":
        return name if kind != "BLOB" else "cast(null as varchar)"
    if column.data_type == "blob":
        return f"encode({name})" if kind == "VARCHAR" else name
    if kind == "BLOB":
        return f"cast(null as {column.sql_type})"
    if column.is_day:
        moment = f"source_rows.moment_in_utc({name})" if kind == "VARCHAR" else f"try_cast({name} as timestamp)"
        return f"cast({moment} as {column.sql_type})"
    if column.data_type == "integer":
        return f"try_cast({name} as decimal(18, 4))"
    if column.sql_type == "decimal(24,10)" and kind == "VARCHAR":
        # The engine (DuckDB 1.5) turns text into decimals of over 18 digits at a hundredth of the speed.
        return f"coalesce(try_cast({name} as decimal(18, 10)), try_cast({name} as decimal(24, 10)))"
    return f"try_cast({name} as {column.sql_type})"


def _bounded(column: Column) -> str:
    """A value of ordinary size, else null."""
    name = column.name
    if column.is_day:
        # Infinities and days before Christ are no days of a company.
        return f"case when year({name}) between 1 and 9999 then {name} end"
    if column.data_type == "integer":
        return f"case when {name} = trunc({name}) then try_cast({name} as bigint) end"
    if column.data_type == "double":
        return f"case when isfinite({name}) then {name} end"
    if column.is_number:
        return f"case when abs({name}) <= {largest(column)} then {name} end"
    return name


def largest(column: Column) -> int:
    """What a number of a column may be at most."""
    return LARGEST_QUANTITY if column.name == "quantity" else LARGEST_AMOUNT


def _unreadable(columns: list[Column], reading: Reading) -> str:
    """The columns of a row that hold something, but nothing of their type, and those whose number is too large."""
    checks = []
    for column in columns:
        kind = _kind(column, reading)
        if not kind or column.data_type == "blob" or (column.data_type == "string" and kind != "BLOB"):
            continue
        said, text = f"'{column.name}'", f"{column.name}_text"
        if column.data_type.startswith("decimal"):
            size = f"abs(try_cast({text} as double))"
            said += (
                f" || case when isfinite({size}) and {size} > {largest(column)} "
                f"then ' (beyond {largest(column):,})' else '' end"
            )
        is_held = f"{text} is not null" + (f" and not isnan({text})" if kind in ("FLOAT", "DOUBLE") else "")
        if kind in ("FLOAT", "DOUBLE") and column.required:
            is_held = f"{text} is not null"
        checks.append(f"case when {is_held} and ({_bounded(column)}) is null then {said} end")
    return f"nullif(concat_ws(', ', {', '.join(checks)}), '')" if checks else "cast(null as varchar)"


def _quantity_cut(reading: Reading) -> str:
    if "quantity" not in reading.table.columns or "quantity" not in reading.columns:
        return "cast(0 as double)"
    exact, kept = "try_cast(quantity_text as double)", "cast(quantity as double)"
    # A double differs from the decimal that it stands for by its last bits: that is no rounding.
    return f"coalesce(case when abs({exact} - {kept}) > 1e-9 * greatest(1, abs({exact})) then {exact} - {kept} end, 0)"


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
