"""The last lines of a build, for a controller: what to look at first, what stock cost, what is reserved, what waits."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.attention import first_lines, waiting_lines
from inventory_valuation.summary.changes import change_lines
from inventory_valuation.summary.data import data_lines
from inventory_valuation.summary.flash import flash_lines
from inventory_valuation.summary.levels import level_lines
from inventory_valuation.summary.reserves import largest_lines, reserve_lines, stock_lines

_PERIOD = "select period_end, currency from marts.reserve_review where is_latest_period limit 1"


def summary_of(connection: DuckDBPyConnection, published_file: str) -> str:
    """The summary of the build in a database, as text.

    Args:
        connection: to the build's database.
        published_file: where reports find the tables.

    Returns:
        Lines separated by newlines; amounts in the reporting currency.
    """
    lines = ["", "INVENTORY VALUATION"]
    period = rows_of(connection, _PERIOD)
    if not period:
        lines.append("  No month end has stock with a reserve yet: see core.data_readiness.")
    else:
        currency = period[0]["currency"]
        lines[-1] += f" at {period[0]['period_end']}, amounts in {'one currency' if currency == 'XXX' else currency}"
        sections = [
            ("Flash: the stock on a day between month ends", flash_lines(connection)),
            ("Look at first", first_lines(connection)),
            ("Stock at cost", stock_lines(connection)),
            ("Reserve", reserve_lines(connection)),
            ("Since the last build", change_lines(connection)),
            ("Waiting", waiting_lines(connection)),
            ("Five largest reserves, and what raises (+) or lowers (-) them most", largest_lines(connection)),
            (
                "Policies that decide the level of the reserve: is each yours? The total under its neighbours",
                level_lines(connection),
            ),
        ]
        for title, section in sections:
            lines += ["", f"  {title}", *section] if section else []
    lines += ["", "  Data", *data_lines(connection)]
    lines += ["", f"  Published for reports: {published_file}", ""]
    return "\n".join(lines)
