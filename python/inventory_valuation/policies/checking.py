"""Everything that is wrong with the policies, in sentences that name the seed, the line and the mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from duckdb import DuckDBPyConnection

from inventory_valuation.policies.rows import Row, Rows, UnreadableSeed, Value, read_lines, value_of
from inventory_valuation.policies.steps import nearest_month_end
from inventory_valuation.policies.tables import POLICIES, Policy, Values
from inventory_valuation.sources.contract import input_tables
from inventory_valuation.sources.window import Window, month_end

ROOT = Path(__file__).parents[3]
_SHOWN = 8


def read_policies(paths: Mapping[str, Path] | None = None) -> tuple[dict[str, Rows], list[str]]:
    """The rows of all seeds, and what is wrong with them.

    Args:
        paths: files by name of the seed, where they are not those of the project.

    Returns:
        The rows of the seeds in which every value can be read, by name; sentences.
    """
    paths = {name: ROOT / f"seeds/{name}.csv" for name in POLICIES} | dict(paths or {})
    seeds: dict[str, Rows] = {}
    faults: list[str] = []
    for name, policy in POLICIES.items():
        try:
            lines = read_lines(paths[name], list(policy.columns))
        except UnreadableSeed as fault:
            faults.append(f"The file {_place(name)} {fault}.")
            continue
        found = [*_faults_of_values(policy, lines)]
        faults += [f"{_place(name)}, {fault}" for fault in found]
        if not found:
            seeds[name] = [Row(row.line, _typed(policy, row)) for row in lines]
    for name, rows in seeds.items():
        policy = POLICIES[name]
        found = [*_repeated(policy, rows), *_default(policy, rows)]
        if not found:
            found = [fault for rule in policy.rules for fault in rule(rows, seeds)]
        faults += [f"{_place(name)}{', ' if fault.startswith('line ') else ': '}{fault}" for fault in found]
    return seeds, faults


def _place(name: str) -> str:
    return f"seeds/{name}.csv"


def _typed(policy: Policy, row: Row) -> dict[str, Value]:
    return {name: value_of(str(row[name]), values.kind) for name, values in policy.columns.items()}


def _faults_of_values(policy: Policy, rows: Rows) -> Iterator[str]:
    first = next(iter(policy.columns))
    for row in rows:
        # What the row of one category leaves empty is that of the row for all others.
        leans = policy.has_default and row[first] != "*"
        for name, values in policy.columns.items():
            fault = _fault_of_value(str(row[name]), values, leans and name != first)
            if fault:
                yield f"line {row.line}: {name} {fault}."


def _fault_of_value(text: str, values: Values, may_lean: bool) -> str | None:
    if text != text.strip():
        return f"is '{text}', with blanks around it: take them away"
    if text == "":
        return None if values.may_be_empty or may_lean else "is empty: give it a value"
    if values.choices and text not in values.choices:
        return f"is '{text}': write one of {', '.join(values.choices)}"
    try:
        value = value_of(text, values.kind)
    except ValueError as fault:
        return f"is '{text}': {fault}"
    if values.least is not None and not values.least <= value <= values.most:
        return f"is {text}: write a number from {values.least:,} to {values.most:,}"
    return None


def _repeated(policy: Policy, rows: Rows) -> Iterator[str]:
    lines: dict[tuple[Value, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in policy.key)
        told = ", ".join(str(value) for value in key if value is not None)
        if key in lines:
            yield f"line {row.line}: {told} stands in line {lines[key]} already: keep one of the rows."
        lines.setdefault(key, row.line)


def _default(policy: Policy, rows: Rows) -> Iterator[str]:
    first = next(iter(policy.columns))
    if policy.has_default and not any(row[first] == "*" for row in rows):
        yield f"no row has `*` as its {first}: give the row that holds for all without their own."


def faults_of_names(connection: DuckDBPyConnection, seeds: Mapping[str, Rows]) -> Iterator[str]:
    """Rows that name what the company does not have, so that they would say nothing.

    Args:
        connection: to the database in which the input tables are laid out in the schema `source_rows`.
        seeds: the rows of all seeds by name.
    """
    known = {"category": _known(connection, "items", "category") | {"uncategorised"}}
    for table in ("items", "locations", "suppliers", "customers"):
        known[table] = _known(connection, table, next(iter(input_tables()[table].key)))
    for name, rows in seeds.items():
        policy = POLICIES[name]
        for column, kind in policy.names.items():
            for row in rows:
                stands_for_all = row[column] == "*" and (policy.has_default or column in policy.all_by)
                if not stands_for_all and row[column] not in known[kind]:
                    yield f"{_place(name)}, line {row.line}: {_unknown(str(row[column]), kind, known[kind])}"
    for row in seeds.get("id_decisions", []):
        kind = str(row["master_table"])
        if row["canonical_id"] not in known[kind]:
            yield f"{_place('id_decisions')}, line {row.line}: {_unknown(str(row['canonical_id']), kind, known[kind])}"


def _known(connection: DuckDBPyConnection, table: str, column: str) -> set[str]:
    rows = connection.execute(f"select distinct trim({column}) from source_rows.{table} where {column} is not null")
    return {row[0] for row in rows.fetchall()}


def _unknown(told: str, kind: str, known: set[str]) -> str:
    by_letters = {name.lower(): name for name in sorted(known, reverse=True)}
    near = [by_letters[name] for name in get_close_matches(told.lower(), by_letters, 1)]
    some = ", ".join(sorted(known)[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")
    hint = f"'{near[0]}' comes closest" if near else f"there are {some or 'none'}"
    holder = "no item has the category" if kind == "category" else f"the table {kind} does not hold"
    return f"{holder} '{told}' ({hint}): mend it, or take the row out."


def faults_of_calendar(seeds: Mapping[str, Rows], window: Window | None) -> Iterator[str]:
    """Months of the data that a calendar of the company's own does not name.

    Args:
        seeds: the rows of all seeds by name.
        window: the span of the data.
    """
    ends = [nearest_month_end(row["period_end"]) for row in seeds.get("fiscal_calendar", [])]
    if ends and window and (min(ends) > month_end(window.first_day) or max(ends) < window.as_of_date):
        yield (
            f"{_place('fiscal_calendar')}: it names the month ends from {min(ends)} to {max(ends)}, and the data go "
            f"from {window.first_day} to {window.as_of_date}: add the periods that are missing, or take all rows out."
        )
