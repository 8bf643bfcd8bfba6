"""Close a period: seal what the last build published of it in a folder that later builds read and never change.

    inventory-valuation close 2026-05-31 --by m.keller

Closing is the act of a person who may approve a period of that amount and asked for none of its overrides. A period can
be closed once it is approved and a later month has begun, the oldest open one first. What is closed stays: what becomes
known later is posted in the first open period.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from duckdb import DuckDBPyConnection

from inventory_valuation.books.sealed import NotAsSealed, Sealed, closed_periods, folder_of_books, seal, sealed_folder
from inventory_valuation.queries import literal, rows_of

# As the macro `bare_name` leaves of a name: nobody becomes another person by a space.
BARE_NAME = """
    nullif(translate(lower(split_part({}, '@', 1)), ' .,;:!?_/()"''-' || chr(9) || chr(10) || chr(160), ''), '')
"""

# What is sealed of a period, by the name of its file.
TABLES = {
    "reserves": "select * exclude (is_latest_period) from books.reserves where period_end = date '{end}' order by all",
    "reserve_reasons": "from books.reserve_reasons where period_end = date '{end}' order by all",
    "reserve_rollforward": "from books.reserve_rollforward where period_end = date '{end}' order by all",
    "commitment_rollforward": "from books.commitment_rollforward where period_end = date '{end}' order by all",
    "journal_lines": "from books.journal_lines where period_end = date '{end}' order by all",
    "layer_reserves": """
        select layer_reserves.*, cost_layers.received_on
        from valuation.layer_reserves as layer_reserves
        left join costing.cost_layers as cost_layers using (item_id, location_id, valuation_date, layer_number)
        where valuation_date = date '{end}' order by all""",
    "evidence": "select kind, name, content from books.int_evidence order by all",
    "closings": """
        select
            totals.period_end, totals.framework, totals.position_count, totals.cost_value, totals.reserve_amount,
            totals.commitment_amount, totals.journal_amount, status.period_status, approvals.approval_id,
            status.decided_by, status.decided_at, status.period_hash,
            (select max_by(entry_hash, entry_number) from governance.audit_log) as log_entry_hash, {told}
        from books.closed_periods as totals
        inner join marts.close_status as status using (period_end)
        left join governance.approvals as approvals
            on approvals.subject_type = 'period' and approvals.period_end = totals.period_end
            and approvals.approval_status like 'holds%'
        where totals.period_end = date '{end}' order by all""",
}
_PERIODS = """
    select
        status.period_end, status.period_status, status.is_latest_period, status.is_open, status.is_closed,
        status.opening_question, status.decided_amount, states.may_be_closed,
        row_number() over (order by status.period_end desc) - 1 as later_count
    from marts.close_status as status
    left join books.int_period_states as states using (period_end)
    order by status.period_end
"""
_ROLES = f"""
    select holders.approver, approver_role, levels.period_limit_amount
    from governance.role_holders as holders
    inner join policy.authority_levels as levels using (approver_role)
    where levels.subject_type = 'period' and approver_role <> 'automatic'
        and (? is null or holders.bare_approver = {BARE_NAME.format("?")})
    order by period_limit_amount desc, approver_role, approver
"""
_ASKED = f"""
    select override_id from governance.overrides
    where period_end = ? and override_status = 'applied'
        and {BARE_NAME.format("requested_by")} = {BARE_NAME.format("?")}
    order by override_id
"""
# Positions that do not begin with what the period before was closed with.
_GAPS = """
    select count(*) from (
        select item_id, location_id, framework, opening_amount as amount from books.{table}
        where period_end = date '{end}' and opening_amount <> 0
    ) as opened
    full outer join (
        select item_id, location_id, framework, closing_amount as amount from read_parquet({file})
        where closing_amount <> 0
    ) as closed using (item_id, location_id, framework)
    where opened.amount is distinct from closed.amount
"""

Row = dict[str, Any]


class Refused(Exception):
    """The act is refused; the words say why, and what to do."""


class Act(NamedTuple):
    """Who closes what, and how.

    Attributes:
        period_end: the period to close.
        closed_by: who closes it.
        with_earlier: whether all open periods before it are closed too.
        without_waiting: whether it is closed though nobody approved it, or no later month has begun.
    """

    period_end: date
    closed_by: str
    with_earlier: bool = False
    without_waiting: bool = False


def close_periods(database: Path, root: Path, act: Act) -> list[Sealed]:
    """Seal a period, and those before it where the act says so, oldest first.

    Args:
        database: the build's file; its last build must have published.
        root: where closed periods lie.
        act: who closes what.

    Raises:
        Refused: the act may not be done.
        NotAsSealed: an earlier closed period is not as it was sealed.
    """
    if not database.is_file():
        raise Refused(f"There is no build in {database}: run `make build` first.")
    try:
        connection = duckdb.connect(database, read_only=True)
    except duckdb.IOException:
        raise Refused(f"A build is at work in {database}: wait for it to end.") from None
    with connection:
        build, set_of_books = _published(connection, database)
        books, closed = folder_of_books(root, set_of_books), closed_periods(root, set_of_books)
        chosen = _periods_to_close(connection, act, closed, books)
        roles = [_role(connection, act, period) for period in chosen]
        last = closed[-1] if closed else None
        _check_opening(connection, chosen[0], last)
        sealed = []
        for period, role in zip(chosen, roles, strict=True):
            told = {
                "set_of_books": set_of_books,
                "period_end": str(period["period_end"]),
                "closed_by": role["approver"],
                "closed_as": role["approver_role"],
                "closed_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
                "closed_by_build": build,
                # Where more than one later month has ended, these are no longer the figures of their own time.
                "is_rebuilt": period["later_count"] > 1,
                "previous": last and {"period_end": str(last.period_end), "manifest_hash": last.manifest_hash},
            }
            last = _seal(connection, books, told)
            sealed.append(last)
    return sealed


def _published(connection: DuckDBPyConnection, database: Path) -> tuple[str, str]:
    """The build that published what the file holds, and whose books they are."""
    try:
        found = connection.execute("select build_id, set_of_books from remembered.published_build").fetchall()
    except duckdb.CatalogException:
        found = []
    if not found:
        raise Refused(
            f"What {database} holds was not published: its last build failed, or was one of a part. Run `make build`, "
            "and close what it publishes."
        )
    return found[0]


def _periods_to_close(connection: DuckDBPyConnection, act: Act, closed: list[Sealed], books: Path) -> list[Row]:
    """The periods that the act closes, oldest first."""
    periods = {row["period_end"]: row for row in rows_of(connection, _PERIODS)}
    ends = {period.period_end: period for period in closed}
    if act.period_end in ends:
        told = ends[act.period_end].manifest
        raise Refused(
            f"{act.period_end} is closed already, by {told['closed_by']} at {told['closed_at']}: a closed period stays "
            "as it is, and what is known later is posted in the first open one."
        )
    for end in [end for end, row in periods.items() if row["is_closed"] and end not in ends]:
        raise Refused(f"{end} is closed, but its folder is missing from {books}: put it back as it was sealed.")
    still_open = [row for end, row in periods.items() if row["is_open"] and end not in ends]
    if act.period_end not in [row["period_end"] for row in still_open]:
        named = f"open are {', '.join(str(row['period_end']) for row in still_open)}" if still_open else "none is open"
        raise Refused(f"{act.period_end} is no open period of these books: {named}.")
    chosen = [row for row in still_open if row["period_end"] <= act.period_end]
    if len(chosen) > 1 and not act.with_earlier:
        raise Refused(
            f"Periods close in order: close {chosen[0]['period_end']} first, or all {len(chosen)} up to "
            f"{act.period_end} by the option --with-earlier."
        )
    for fault in (fault for row in chosen for fault in _unfit(row, act)):
        raise Refused(fault)
    return chosen


def _unfit(period: Row, act: Act) -> Iterator[str]:
    """Why a period can't be closed yet."""
    end = period["period_end"]
    if period["opening_question"]:
        yield f"{end} can't be closed yet: {period['opening_question']}."
    if act.without_waiting or period["may_be_closed"]:
        return
    if period["period_status"] != "approved":
        yield (
            f"{end} can't be closed, the period is {period['period_status']}: have it approved, or close it as it "
            "stands by the option --without-waiting."
        )
    else:
        yield (
            f"{end} is the newest month: it can be closed once a later one is in the data, or at once by the option "
            "--without-waiting."
        )


def _role(connection: DuckDBPyConnection, act: Act, period: Row) -> Row:
    """The person as the company names them, and the role by which they may close a period."""
    end, amount = period["period_end"], period["decided_amount"]
    roles = rows_of(connection, _ROLES, [act.closed_by, act.closed_by])
    if not roles:
        holders = sorted({row["approver"] for row in rows_of(connection, _ROLES, [None, None])})
        named = f"those who do are {', '.join(holders)}" if holders else "nobody does"
        raise Refused(
            f"{act.closed_by} holds no role that may close a period; {named} (seeds approvers and authority_levels, or "
            "the input table approvers)."
        )
    if roles[0]["period_limit_amount"] < amount:
        raise Refused(
            f"{act.closed_by} may close periods up to {roles[0]['period_limit_amount']:,.0f} as "
            f"{roles[0]['approver_role']}, and {end} holds {amount:,.0f}: somebody with more authority must close it."
        )
    asked = rows_of(connection, _ASKED, [end, act.closed_by])
    if asked:
        raise Refused(
            f"{act.closed_by} asked for the override {asked[0]['override_id']} of {end}: somebody else must close it."
        )
    return roles[0]


def _check_opening(connection: DuckDBPyConnection, period: Row, last: Sealed | None) -> None:
    """The first period begins with what was closed last, position by position; of later ones a data test says so."""
    for table in ("reserve_rollforward", "commitment_rollforward") if last else ():
        file = literal(last.folder / f"{table}.parquet")
        query = _GAPS.format(table=table, end=period["period_end"], file=file)
        (gaps,) = connection.execute(query).fetchone()
        if gaps:
            raise Refused(
                f"{gaps:,} positions of {period['period_end']} do not begin with what {last.period_end} was closed "
                "with: run `make build`, which reads closed periods, and close what it publishes."
            )


def _seal(connection: DuckDBPyConnection, books: Path, told: Row) -> Sealed:
    end = told["period_end"]
    evidence = rows_of(connection, "select kind, name, content from books.int_evidence order by all")
    values = {
        "evidence_hash": hashlib.sha256(json.dumps(evidence).encode()).hexdigest(),
        **{name: told[name] for name in ("closed_by", "closed_as", "closed_at", "closed_by_build")},
        "is_rebuilt": told["is_rebuilt"],
    }
    columns = ", ".join(f"{literal(value)} as {name}" for name, value in values.items())
    tables = {name: query.format(end=end, told=columns) for name, query in TABLES.items()}
    try:
        return seal(connection, books / end, tables, told)
    except FileExistsError:
        raise Refused(f"{end} was closed by somebody else in the meantime: it stays as it is.") from None
    except (OSError, duckdb.IOException) as error:
        raise Refused(f"{end} can't be sealed in {books} ({error}): nothing of it is closed.") from None


def told_of(period: Sealed) -> str:
    """What was closed, as a sentence."""
    file = literal(period.folder / "closings.parquet")
    with duckdb.connect() as connection:
        totals = rows_of(connection, f"select framework, reserve_amount from read_parquet({file}) order by framework")
    reserves = ", ".join(f"{row['reserve_amount']:,.0f} by {row['framework']}" for row in totals)
    manifest = period.manifest
    return (
        f"{period.period_end} closed by {manifest['closed_by']} as {manifest['closed_as']}: reserve {reserves}, sealed "
        f"in {period.folder}"
    )


def main(words: list[str] | None = None) -> int:
    """Close a period and say what was closed."""
    parser = argparse.ArgumentParser(prog="inventory-valuation close", description=__doc__.split("\n\n")[0])
    parser.add_argument("period_end", type=date.fromisoformat, help="month end, such as 2026-05-31")
    parser.add_argument("--by", required=True, metavar="NAME", help="who closes it, as named among the approvers")
    parser.add_argument("--with-earlier", action="store_true", help="close all open periods before it too")
    parser.add_argument(
        "--without-waiting", action="store_true", help="though nobody approved it, or no later month has begun"
    )
    parser.add_argument(
        "--database",
        type=Path,
        default=Path(os.environ.get("INVENTORY_DB", "warehouse/build.duckdb")),
        help="the build's file (INVENTORY_DB)",
    )
    parser.add_argument("--into", type=Path, default=sealed_folder(), help="closed periods (INVENTORY_SEALED)")
    asked = parser.parse_args(words)
    act = Act(asked.period_end, asked.by, asked.with_earlier, asked.without_waiting)
    try:
        sealed = close_periods(asked.database, asked.into, act)
    except (Refused, NotAsSealed) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    for period in sealed:
        print(told_of(period))
    print("The next build reads what is closed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
