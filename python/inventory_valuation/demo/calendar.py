"""Days and weeks of the simulation, counted from its first day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from inventory_valuation.demo.knobs import Knobs

MICROSECONDS_A_DAY = 86_400_000_000
WEEKS_AHEAD = 40


@dataclass(frozen=True)
class Calendar:
    """Where the days of the simulation lie; day 0 is a Monday.

    Attributes:
        start: date of day 0.
        opening: number of the first day of data.
        end: number of the last day of data.
        month_ends: numbers of the month ends of the data, ascending.
    """

    start: np.datetime64
    opening: int
    end: int
    month_ends: np.ndarray

    @property
    def weeks(self) -> int:
        """Weeks for which the world is drawn; it goes on after the last day."""
        return self.end // 7 + WEEKS_AHEAD

    def dates(self, days: np.ndarray) -> pa.Array:
        """Dates of day numbers."""
        return pa.array(self.start + days.astype("timedelta64[D]"), pa.date32())

    def optional_dates(self, days: np.ndarray, known: np.ndarray) -> pa.Array:
        """Dates of day numbers, null where not known."""
        dates = self.start + days.astype("timedelta64[D]")
        return pa.array(dates, pa.date32(), mask=~known)

    def moments(self, days: np.ndarray, seconds: np.ndarray | int) -> pa.Array:
        """Timestamps of day numbers and seconds of the day."""
        origin = self.start.astype("datetime64[us]").astype(np.int64)
        micros = origin + days.astype(np.int64) * MICROSECONDS_A_DAY
        return pa.array(micros + np.asarray(seconds, np.int64) * 1_000_000, pa.timestamp("us"))

    def day_of_year(self, days: np.ndarray) -> np.ndarray:
        """Days since the first of January."""
        dates = self.start + days.astype("timedelta64[D]")
        return (dates - dates.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)

    def month(self, day: int) -> int:
        """Month of the year of a day number, 1 to 12."""
        return int((self.start + day).astype("datetime64[M]").astype(np.int64) % 12) + 1


def calendar_of(knobs: Knobs) -> Calendar:
    """Lay out the simulation so that the data cover whole months up to the last day."""
    last = np.datetime64(knobs.last_day, "D")
    next_month = (last + 1).astype("datetime64[M]")
    if (next_month.astype("datetime64[D]") - 1) != last:
        raise ValueError(f"last_day must be a month end, not {knobs.last_day}")
    first = (next_month - knobs.months).astype("datetime64[D]")
    start = first - knobs.warmup_weeks * 7
    start -= (start.astype(np.int64) + 3) % 7
    months = np.arange(next_month - knobs.months, next_month) + 1
    month_ends = (months.astype("datetime64[D]") - 1 - start).astype(np.int64)
    return Calendar(start, int((first - start).astype(int)), int((last - start).astype(int)), month_ends)
