"""The check of a delivery for the person who made it: everything that is wrong or doubtful at once, without a build."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from inventory_valuation.policies.checking import read_policies
from inventory_valuation.policies.level import levels
from inventory_valuation.sources.contract import LOADED_AT, Table, input_tables
from inventory_valuation.sources.names import likely_column, likely_table
from inventory_valuation.sources.preparing import (
    Delivery,
    faults_of_rows,
    faults_of_seeds,
    lay_out,
    open_delivery,
    temporary_copies,
    written_in,
)
from inventory_valuation.sources.variables import faults_of_variables
from inventory_valuation.sources.window import Window

ROOT = Path(__file__).parents[3]
_SHOWN = 5


@dataclass
class Report:
    """What a check found, in sentences and tables of text.

    Attributes:
        faults: what stops a build.
        doubts: what a person should look at.
        files: how each file is read.
        totals: rows, quantity and amount by table and location, to hold against the system they came from.
        window: the span of the data and the month end to value.
        absent: what each table that is not there costs.
        policies: what decides the level of the reserve, and whose it is.
    """

    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)
    window: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The report as a page of text."""
        parts = [
            ("A build would stop", self.faults),
            ("Please look", self.doubts),
            ("Files", self.files),
            ("Span of the data", self.window),
            ("Totals by table and place, to compare with the system they came from", self.totals),
            ("Absent, and what that costs", self.absent),
            ("Policies that decide the level of the reserve", self.policies),
        ]
        lines = [line for title, rows in parts if rows for line in (title, *(f"  {row}" for row in rows), "")]
        points = _counted(len(self.doubts), "point", "points")
        verdict = (
            f"{_counted(len(self.faults), 'fault stops', 'faults stop')} a build, {points} to look at."
            if self.faults
            else f"Nothing stops a build, {points} to look at."
        )
        return "\n".join([*lines, verdict])


def _counted(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def check_delivery(variables: Mapping[str, object]) -> Report:
    """Read a whole delivery as a build would, and say all that there is to say.

    Args:
        variables: the vars of the project; `source_path` names the folder.
    """
    seeds, faults = read_policies()
    report = Report(faults=[*faults_of_variables(variables), *faults])
    rows = [[row.values for row in seeds.get(name, [])] for name in ("category_policy", "ageing_policy")]
    report.policies += [str(level) for level in levels(variables.get("horizon_months"), *rows)]
    with temporary_copies() as copies, duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        delivery = open_delivery(connection, variables, Path(copies))
        report.faults += delivery.faults
        report.files += _files(delivery)
        report.doubts += _names(delivery)
        report.absent += _absent(delivery)
        if delivery.faults:
            return report
        lay_out(connection, delivery)
        faults, window = faults_of_rows(connection, delivery, variables)
        report.faults += faults + faults_of_seeds(connection, seeds, window)
        report.doubts += [note for reading in delivery.readings.values() for note in reading.notes]
        report.doubts += _ids(connection)
        report.doubts += _currencies(connection, variables)
        report.doubts += _prices(connection)
        report.doubts += _units(connection)
        report.window += _window(window)
        report.doubts += _history(window)
        report.totals += _totals(connection, delivery)
    return report


def _files(delivery: Delivery) -> Iterator[str]:
    for name, reading in delivery.readings.items():
        how = written_in(reading)
        yield f"{name}: {reading.place}, {reading.rows:,} rows{f', {how}' if how else ''}"
    missing = [name for name in input_tables() if name not in delivery.files]
    for path in delivery.unread:
        likely = likely_table(path.stem, missing)
        yield f"not read: {path}" + (f", which looks like {likely}" if likely else "")


def _names(delivery: Delivery) -> Iterator[str]:
    """Columns that nobody reads, with those that they look like."""
    for reading in delivery.readings.values():
        missing = [name for name in reading.table.columns if name not in reading.columns]
        known = {*reading.table.columns, LOADED_AT.name}
        for name, (written, _) in reading.columns.items():
            if name in known:
                continue
            likely = likely_column(name, missing)
            yield f"The column `{written}` of {reading.place} is not read" + (
                f": it looks like `{likely}`, which is missing." if likely else "."
            )


def _absent(delivery: Delivery) -> Iterator[str]:
    with (ROOT / "seeds/optional_tables.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["table_name"] not in delivery.readings:
                yield f"{row['table_name']}: {row['cost_of_absence']}"


def _window(window: Window | None) -> Iterator[str]:
    if window:
        yield f"Movements from {window.first_day} to {window.last_day}; stock is valued at {window.as_of_date}."
        yield window.explanation


def _history(window: Window | None) -> Iterator[str]:
    if window is None:
        return
    months = (
        (window.as_of_date.year - window.first_day.year) * 12 + window.as_of_date.month - window.first_day.month + 1
    )
    if months < 24:
        yield (
            f"The history has {months} months: "
            + ("under 18 no model is trained, rules propose." if months < 18 else "under 24 no season is seen twice.")
        )
    if window.thin_days:
        yield f"Far fewer movements than on other days of their weekday: {window.thin_days}. Is the delivery complete?"


def _ids(connection: DuckDBPyConnection) -> Iterator[str]:
    """Spellings that the master does not hold: those that come close to one of its ids, and those that don't."""
    keys = ("id_without_case", "id_without_point", "id_without_punctuation", "id_letters_and_digits", "id_without_pack")
    for table in input_tables().values():
        for column, master in table.ids.items():
            if table.name == master or master not in ("items", "locations"):
                continue
            close = " or ".join(f"source_rows.{key}(spelled.id) = masters.{key}" for key in keys)
            rows = connection.execute(
                f"""
                with masters as (
                    select distinct trim({input_tables()[master].key[0]}) as id,
                        {", ".join(f"source_rows.{key}({input_tables()[master].key[0]}) as {key}" for key in keys)}
                    from source_rows.{master}
                ),
                spelled as (
                    select {column} as id, count(*) as row_count from source_rows.{table.name}
                    where {column} is not null and trim({column}) not in (select id from masters) group by {column}
                )
                select spelled.id, any_value(spelled.row_count), count(distinct masters.id), min(masters.id)
                from spelled left join masters on {close} group by spelled.id order by 2 desc, 1
                """
            ).fetchall()
            yield from _spellings(table, column, rows)


def _spellings(table: Table, column: str, rows: list[tuple]) -> Iterator[str]:
    unknown = [(spelling, count) for spelling, count, candidates, _ in rows if not candidates]
    merged = [(spelling, count, master) for spelling, count, candidates, master in rows if candidates]
    if unknown:
        shown = ", ".join(f"'{spelling}'" for spelling, _ in unknown[:_SHOWN])
        yield (
            f"{sum(count for _, count in unknown):,} rows of {table.name} name {len(unknown):,} ids in {column} that "
            f"the master does not hold, such as {shown}: they can't be used, unless they are no products."
        )
    if merged:
        shown = ", ".join(f"'{spelling}' for '{master}'" for spelling, _, master in merged[:_SHOWN])
        yield (
            f"{sum(count for _, count, _ in merged):,} rows of {table.name} write {column} in another way than the "
            f"master, such as {shown}: where one id comes closest they are taken for it."
        )


def _currencies(connection: DuckDBPyConnection, variables: Mapping[str, object]) -> Iterator[str]:
    money = [table.name for table in input_tables().values() if table.has_money]
    rows = connection.execute(
        " union all ".join(
            f"select '{name}' as table_name, upper(currency) as currency, count(*) as row_count "
            f"from source_rows.{name} where currency is not null group by all"
            for name in money
        )
    ).fetchall()
    rated = {
        row[0]
        for row in connection.execute(
            "select distinct upper(currency) from source_rows.fx_rates where rate_to_reporting > 0"
        ).fetchall()
    }
    found = sorted({currency for _, currency, _ in rows})
    if not found and not variables.get("reporting_currency"):
        yield (
            "No file says in which currency its money is, so amounts bear none and journals say XXX: set the var "
            "reporting_currency, such as 'reporting_currency: EUR'."
        )
    told = str(variables.get("reporting_currency") or "").upper()
    unrated = [currency for currency in found if currency not in rated and currency != told]
    if len(unrated) > 1 or (unrated and told):
        yield (
            f"Money stands in {', '.join(found)}, and the table fx_rates has no rate for {', '.join(unrated)}: all but "
            "the reporting currency need one, or their rows are quarantined."
        )


def _prices(connection: DuckDBPyConnection) -> Iterator[str]:
    lines, highest = connection.execute("select count(*), max(unit_price) from source_rows.sales").fetchall()[0]
    if lines and not (highest or 0):
        yield (
            f"None of the {lines:,} rows of sales bears a price: what leaves is taken at its list price, else at its "
            "cost. Where goods are used and not sold, set selling_cost_rate to 0 in seeds/category_policy.csv."
        )


def _units(connection: DuckDBPyConnection) -> Iterator[str]:
    rows = connection.execute(
        "select lower(unit_of_measure), count(*) from source_rows.items where unit_of_measure is not null "
        "group by 1 order by 2 desc, 1"
    ).fetchall()
    if len(rows) > 1:
        shown = ", ".join(f"{unit} ({count:,} items)" for unit, count in rows[:_SHOWN])
        yield f"Items are counted in {len(rows)} units: {shown}. Quantities of different units are never added."


def _totals(connection: DuckDBPyConnection, delivery: Delivery) -> Iterator[str]:
    """Rows, quantities by unit and amounts by currency of every table and place."""
    for reading in delivery.readings.values():
        table = reading.table
        place = "from_location_id" if table.name == "transfers" else "location_id"
        if "quantity" not in table.columns or place not in table.columns:
            continue
        value = next((name for name in ("unit_price", "unit_cost") if name in table.columns), None)
        rows = connection.execute(
            f"""
            with units as (
                select upper(trim(item_id)) as item_id, min(lower(trim(unit_of_measure))) as unit
                from source_rows.items group by upper(trim(item_id))
            )
            select
                {place}, coalesce(unit, ''), {"coalesce(upper(currency), '')" if table.has_money else "''"},
                count(*), coalesce(sum(quantity), 0), {f"sum(cast(quantity as double) * {value})" if value else "null"}
            from source_rows.{table.name} left join units on upper(trim({table.name}.item_id)) = units.item_id
            group by all order by all
            """
        ).fetchall()
        for location in dict.fromkeys(row[0] for row in rows):
            where = "without a place" if location is None else f"at {location}"
            yield f"{table.name} {where}: {_total([row[1:] for row in rows if row[0] == location])}"


def _total(rows: list[tuple[str, str, int, Decimal, float | None]]) -> str:
    """Totals of one place; nothing is added up over units or currencies."""
    quantities: dict[str, Decimal] = {}
    amounts: dict[str, float] = {}
    for unit, currency, _, quantity, amount in rows:
        quantities[unit] = quantities.get(unit, Decimal(0)) + quantity
        if amount is not None:
            amounts[currency] = amounts.get(currency, 0) + amount
    known = any(quantities)
    told = " + ".join(
        f"{_number(quantity)} {unit or ('of unknown unit' if known else '')}".strip()
        for unit, quantity in quantities.items()
    )
    worth = " + ".join(f"{amount:,.2f} {currency}".strip() for currency, amount in amounts.items())
    return f"{sum(row[2] for row in rows):,} rows, quantity {told}" + (f", amount {worth}" if worth else "")


def _number(quantity: Decimal) -> str:
    """A quantity without noughts at its end, which another dialect would read as thousands."""
    return f"{quantity:,.3f}".rstrip("0").rstrip(".")
