"""What is wrong with the values of a delivery as a whole, so that no build should begin with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from duckdb import DuckDBPyConnection

from inventory_valuation.sources.contract import Column, input_tables
from inventory_valuation.sources.reading import Reading

# A column of which nothing can be read is of another kind or written in another way; a few such rows are dirt.
_ROWS_TO_JUDGE, _LOOKED_AT = 10, 10_000
# How a spreadsheet writes a barcode that it took for a number.
_CUT_DIGITS = r"[0-9]([.,][0-9]+)?[eE][+][0-9]{2}"


def faults_of_values(
    connection: DuckDBPyConnection, readings: Mapping[str, Reading], variables: Mapping[str, object]
) -> Iterator[str]:
    """What stops a build, in sentences.

    Args:
        connection: to the database in which the rows are laid out in the schema `source_rows`.
        readings: how the tables that are there are read, by name.
        variables: the vars of the project.
    """
    for name, reading in readings.items():
        if reading.table.required and not _one(connection, f"select count(*) from source_rows.{name}"):
            yield f"The required table {name} has no row in {reading.place}: hand over its rows."
        yield from _unreadable_columns(connection, reading)
        yield from _cut_digits(connection, reading)
        yield from _strangers(connection, reading)
    yield from _currency(connection, variables.get("reporting_currency"))
    yield from _pilot_category(connection, variables.get("pilot_category"))
    if variables.get("cost_pool") == "region" and not _one(
        connection, "select count(region) from source_rows.locations"
    ):
        place = readings["locations"].place
        yield (
            f"The var cost_pool is 'region', but no location has a region: fill the column region of {place}, "
            "or set the var to position or item."
        )


def _one(connection: DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()[0][0]


def _unreadable_columns(connection: DuckDBPyConnection, reading: Reading) -> Iterator[str]:
    columns = [column for column in reading.known() if column.data_type != "blob"]
    if not columns:
        return
    found = connection.execute(
        f"select {', '.join(_first_unreadable(reading, column) for column in columns)} "
        f"from (select * from source_rows.{reading.table.name}_as_delivered limit {_LOOKED_AT}) as delivered "
        f"inner join source_rows.{reading.table.name} as typed using (source_row_number)"
    ).fetchall()[0]
    for column, unreadable in zip(columns, found, strict=True):
        if unreadable is not None:
            yield (
                f"No value of the column {column.name} in {reading.place}, of type {reading.columns[column.name][1]}, "
                f"can be read as {column.data_type} (such as '{unreadable}'): {_told_how(column)}."
            )


def _told_how(column: Column) -> str:
    """How a value of a column may be written."""
    if column.is_day:
        return "write dates like 2026-06-30 and moments like 2026-06-30 17:45:00"
    if column.data_type == "integer":
        return "write whole numbers like 12"
    return "write numbers like 1234.5" if column.is_number else "write true or false"


def _first_unreadable(reading: Reading, column: Column) -> str:
    least = 1 if reading.table.required and column.required else _ROWS_TO_JUDGE
    written, kind = reading.columns[column.name]
    raw = f'delivered."{written.replace(chr(34), chr(34) * 2)}"'
    held = f"source_rows.word_of(cast({raw} as varchar))" if kind != "BLOB" else f"cast({raw} as varchar)"
    return f"case when count({held}) >= {least} and count(typed.{column.name}) = 0 then left(min({held}), 40) end"


def _cut_digits(connection: DuckDBPyConnection, reading: Reading) -> Iterator[str]:
    for name in reading.table.ids:
        if reading.columns.get(name, ("", ""))[1] != "VARCHAR":
            continue
        rows = connection.execute(
            f"select min({name}), count(*), count(distinct {name}) from source_rows.{reading.table.name} "
            f"where regexp_full_match(trim({name}), '{_CUT_DIGITS}')"
        ).fetchall()
        example, count, _ = rows[0]
        if count:
            yield (
                f"The column {name} of {reading.place} holds '{example}' ({count:,} rows): a spreadsheet took an id "
                "for a number, and its last digits are lost. Export the column as text from the system it comes from."
            )


def _strangers(connection: DuckDBPyConnection, reading: Reading) -> Iterator[str]:
    """A required table that names none of the master's ids would be quarantined whole, and the stock be wrong."""
    table = reading.table
    for column, master in table.ids.items():
        if not table.required or not table.columns[column].required or table.name == master:
            continue
        own = input_tables()[master].key[0]
        known = " or ".join(
            f"source_rows.{key}(named.id) in (select source_rows.{key}({own}) from source_rows.{master})"
            for key in ("id_letters_and_digits", "id_without_pack")
        )
        rows = connection.execute(
            f"with named as (select {column} as id, count(*) as row_count from source_rows.{table.name} "
            f"where {column} is not null group by {column}) "
            f"select sum(row_count), coalesce(bool_or({known}), true), min(id) from named"
        ).fetchall()
        count, is_any_known, example = rows[0]
        if count and count >= _ROWS_TO_JUDGE and not is_any_known:
            yield (
                f"No {column} of {reading.place} stands in the table {master} (such as '{example}', {count:,} rows): "
                f"hand over {master} with the ids that {table.name} names."
            )


def _currency(connection: DuckDBPyConnection, told: object) -> Iterator[str]:
    """Rates lead to one currency: another one can't be asked for."""
    if not told:
        return
    currencies = " union ".join(
        f"select upper(currency) as currency from source_rows.{table.name} where currency is not null"
        for table in input_tables().values()
        if table.has_money
    )
    unrated = connection.execute(
        f"select currency from ({currencies}) where currency not in (select upper(currency) from source_rows.fx_rates "
        "where currency is not null and rate_to_reporting > 0 and rate_to_reporting <> 1) order by currency"
    ).fetchall()
    names = [row[0] for row in unrated]
    if names and str(told).upper() not in names:
        yield (
            f"The var reporting_currency is '{told}', but the rates of the table fx_rates lead to "
            f"{' or '.join(names)}: set it so, or leave it out."
        )


def _pilot_category(connection: DuckDBPyConnection, told: object) -> Iterator[str]:
    """A category misspelt would leave every position to the policy."""
    if not told:
        return
    rows = connection.execute(
        "select distinct category from source_rows.items where category is not null order by category"
    ).fetchall()
    categories = [row[0] for row in rows]
    if told not in categories:
        yield (
            f"The var pilot_category is '{told}', a category that no item has: set it to one of "
            f"{', '.join(categories)}, or leave it out."
        )
