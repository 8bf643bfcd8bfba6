"""The span of days in which facts count, and the date to value, found from the movements alone.

The clock plays no part, so that a rebuild is identical, and no day is doubted because few rows share it. Facts of all
movement tables together make the history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from inventory_valuation.sources.contract import Table

# A slip of the year leads far away: five years without any movement part it from the company's own days.
YEARS_OF_NOTHING = 5 * 366
# Nearer days are parted from the data by more than two months without a movement, four times the longest such time
# before, with less than a day of movements for each month of it after it.
_LEAST_SILENCE, _TIMES_THE_USUAL, _LEAST_HISTORY = 62, 4, 30
# A weekend is missing at the end of many a month.
_WEEKEND = 2
_THIN, _LEAST_ROWS = 0.1, 20


@dataclass(frozen=True)
class Window:
    """The span of the data.

    Attributes:
        first_day: of all movements.
        last_day: of all movements; what is dated later is not yet true.
        delivered_on: day of the last load, where rows say when they were loaded; else the last day.
        as_of_date: the newest month end to value.
        explanation: why it is that one, in a sentence.
        thin_days: days before it with far fewer movements than others of their weekday, in words; empty: none.
        flash_date: a day after it to value beside the month ends; none where nobody asks.
        reaches_to: newest day that a flash may value: the last day of data, and the days after it that are usually
            without a movement.
    """

    first_day: date
    last_day: date
    delivered_on: date
    as_of_date: date
    explanation: str
    thin_days: str = ""
    flash_date: date | None = None
    reaches_to: date | None = None


def month_end(day: date, months: int = 0) -> date:
    """The last day of a day's month, or of a later or earlier one."""
    month = day.year * 12 + day.month + months
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


def first_plausible(days: NDArray[np.int64]) -> int:
    """Place of the first day that belongs to the company.

    Args:
        days: distinct days as numbers, ascending; at least one.
    """
    gaps = np.diff(days)
    places = np.arange(1, len(days))
    is_cut = (gaps > YEARS_OF_NOTHING) & (places < len(days) - places)
    return int(places[is_cut][-1]) if is_cut.any() else 0


def last_plausible(days: NDArray[np.int64]) -> int:
    """Place of the last day that is no slip into the future.

    Args:
        days: distinct days as numbers, ascending, from the first plausible one on.
    """
    gaps = np.diff(days)
    before = np.arange(1, len(days))
    after = len(days) - before
    longest_before = np.concatenate([[0], np.maximum.accumulate(gaps)[:-1]]) if len(gaps) else gaps
    is_far = (gaps > YEARS_OF_NOTHING) & (after < before)
    is_silent = (
        (gaps > _LEAST_SILENCE)
        & (before >= _LEAST_HISTORY)
        & (gaps > _TIMES_THE_USUAL * longest_before)
        & (30 * after < gaps)
    )
    cuts = np.flatnonzero(is_far | is_silent)
    return int(cuts[0]) if len(cuts) else len(days) - 1


def usual_gap(days: NDArray[np.int64], last_day: date) -> int:
    """How many days may be missing at the end of a month that is complete.

    That is a weekend, or what is usual in the company: the third longest time without a movement in the year before,
    less the day of the movement that ends it, or what was missing at the end of the same month a year before.

    Args:
        days: distinct days as numbers since 1970, ascending.
        last_day: the last of them that counts.
    """
    last = (last_day - date(1970, 1, 1)).days
    gaps = np.sort(np.diff(days[(days >= last - 365) & (days <= last)]))
    third = int(gaps[-min(3, len(gaps))]) - 1 if len(gaps) else 0
    end = (month_end(last_day, -12) - date(1970, 1, 1)).days
    earlier = days[days <= end]
    year_before = int(end - earlier[-1]) if len(earlier) else 0
    # Where the company had not begun or had stopped for the season, that month says nothing of this one.
    return max(_WEEKEND, third, year_before if year_before <= 31 else 0)


def window_of(
    movements: Mapping[date, int], delivered_on: date | None, as_of_date: date | None = None
) -> Window | None:
    """The window of movements by day.

    Args:
        movements: rows of all movement tables by day.
        delivered_on: the day of the last load, where rows say so.
        as_of_date: the day asked for: a month end, or any other for a flash beside the month ends before it.

    Returns:
        The window; None where there is no movement at all.
    """
    if not movements:
        return None
    ordered = sorted(movements)
    days = np.array([(day - date(1970, 1, 1)).days for day in ordered], np.int64)
    start = first_plausible(days)
    days, ordered = days[start:], ordered[start:]
    end = last_plausible(days)
    first_day, last_day = ordered[0], ordered[end]
    allowed = usual_gap(days[: end + 1], last_day)
    this_month = month_end(last_day)
    missing = (this_month - last_day).days
    is_loaded_after = delivered_on is not None and delivered_on > this_month
    newest = f"The newest movement is of {last_day}"
    if is_loaded_after:
        found, why = this_month, f"{newest}, and rows were loaded after the end of its month"
    elif missing <= allowed:
        days_missing = "no day is" if missing == 0 else "one day is" if missing == 1 else f"{missing} days are"
        found, why = this_month, f"{newest}: {days_missing} missing at the end of its month, {allowed} are usual"
    else:
        found = month_end(last_day, -1)
        why = f"{newest}: {missing} days are missing at the end of its month, more than the {allowed} that are usual"
    is_flash = as_of_date is not None and as_of_date != month_end(as_of_date)
    if is_flash:
        found, why = month_end(as_of_date, -1), f"It is the last month end before the flash of {as_of_date}. {newest}"
    elif as_of_date is not None and as_of_date != found:
        found, why = as_of_date, f"The var as_of_date names it. {newest}"
    return Window(
        first_day,
        last_day,
        max(last_day, delivered_on or last_day),
        found,
        why + ".",
        _thin_days(movements, ordered[: end + 1], found),
        as_of_date if is_flash else None,
        max(last_day + timedelta(days=allowed), delivered_on or last_day),
    )


def _thin_days(movements: Mapping[date, int], days: list[date], as_of_date: date) -> str:
    """The days of the last month with a tenth of the movements of others of their weekday, in words."""
    thin = []
    for day in days:
        if not timedelta(0) <= as_of_date - day < timedelta(days=31):
            continue
        alike = [movements.get(day - timedelta(days=7 * week), 0) for week in range(1, 27)]
        usual = float(np.median(alike))
        if usual >= _LEAST_ROWS and movements[day] < _THIN * usual:
            thin.append(f"{day} ({movements[day]:,} rows, usually {usual:,.0f})")
    return ", ".join(thin)


def movements_by_day(connection: DuckDBPyConnection, tables: Mapping[str, Table]) -> dict[date, int]:
    """Rows of all movement tables by day, from the relations of `source_rows`, up to the last load of each."""
    found: Counter[date] = Counter()
    for table in (table for table in tables.values() if table.is_movement):
        loaded_on = last_load(connection, {table.name: table})
        for column in [table.happened, "received_at"] if table.name == "transfers" else [table.happened]:
            rows = connection.execute(
                f"select cast({column} as date) as day, count(*) from source_rows.{table.name} "
                f"where cast({column} as date) <= coalesce(cast(? as date), date '9999-12-31') group by all",
                [loaded_on],
            ).fetchall()
            found.update(dict(rows))
    return found


def last_load(connection: DuckDBPyConnection, tables: Mapping[str, Table]) -> date | None:
    """The day of the last load of movements; None where they don't say when they were loaded."""
    parts = [
        f"select cast(loaded_at as date) as day from source_rows.{table.name} where loaded_at is not null group by all"
        for table in tables.values()
        if table.is_movement
    ]
    rows = connection.execute(f"select distinct day from ({' union all '.join(parts)}) order by day").fetchall()
    if not rows:
        return None
    days = np.array([(day - date(1970, 1, 1)).days for (day,) in rows], np.int64)
    days = days[first_plausible(days) :]
    return date(1970, 1, 1) + timedelta(days=int(days[last_plausible(days)]))
