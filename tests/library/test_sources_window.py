"""The window of the data: which days are the company's, and which month end is complete."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_valuation.sources.window import month_end, window_of

DAILY = [date(2024, 1, 1) + timedelta(days=number) for number in range(912)]  # to 2026-06-30
RUN_DOWN = [date(2021, 7, 1) + timedelta(days=number) for number in range(731)] + [
    month_end(date(2023, 7, 1), month) for month in range(18)
]
FIFTEEN_YEARS = [date(2010, 1, 1) + timedelta(days=number) for number in range(15 * 365 + 4)]


def of(days, delivered_on=None, as_of_date=None):
    return window_of(dict.fromkeys(days, 5), delivered_on, as_of_date)


@pytest.mark.parametrize(
    ("days", "as_of"),
    [
        (DAILY, "2026-06-30"),
        ([day for day in DAILY if day.weekday() < 5], "2026-06-30"),
        ([day for day in DAILY if day.weekday() < 5 and day < date(2026, 5, 30)], "2026-05-31"),
        ([day for day in DAILY if day < date(2026, 6, 13)], "2026-05-31"),
        (RUN_DOWN, "2024-12-31"),
        (FIFTEEN_YEARS, "2024-12-31"),
        ([date(2024 + month // 12, month % 12 + 1, 1) for month in range(30)], "2026-06-30"),
        ([date(2024 + month // 12, month % 12 + 1, 15) for month in range(30)], "2026-06-30"),
        ([date(2024, 1, 7) + timedelta(days=7 * week) for week in range(130)], "2026-06-30"),
        ([date(year, 12, day) for year in range(2020, 2026) for day in range(1, 25)], "2025-12-31"),
        ([d for d in DAILY if d < date(2025, 12, 24) and not date(2024, 12, 23) < d < date(2025, 1, 3)], "2025-12-31"),
    ],
    ids=[
        "daily", "weekdays", "a weekend at the end", "half a month", "run down", "one a day for fifteen years",
        "monthly totals", "monthly totals in mid-month", "weekly totals", "Christmas trade", "closed at Christmas",
    ],
)  # fmt: skip
def test_a_month_is_complete_when_no_more_is_missing_than_is_usual(days, as_of):
    assert str(of(days).as_of_date) == as_of


def test_a_day_that_is_no_month_end_is_a_flash_beside_the_month_ends_before_it():
    days = [day for day in DAILY if day < date(2026, 6, 20)]
    flash = of(days, as_of_date=date(2026, 6, 17))
    assert (flash.as_of_date, flash.flash_date) == (date(2026, 5, 31), date(2026, 6, 17))
    assert (of(days, as_of_date=date(2026, 5, 31)).flash_date, of(days).flash_date) == (None, None)
    assert flash.reaches_to == date(2026, 6, 21)  # a weekend after the last day
    assert of(days, delivered_on=date(2026, 6, 25)).reaches_to == date(2026, 6, 25)


def test_slips_of_the_year_are_no_days_of_the_company():
    strays = [date(1970, 1, 1), date(2036, 3, 4), date(2050, 1, 1), date(2085, 6, 30)]
    window = of([*DAILY, *strays])
    assert (window.first_day, window.last_day) == (DAILY[0], DAILY[-1])


def test_a_stray_day_half_a_year_ahead_is_no_day_of_the_company():
    assert of([*DAILY, DAILY[-1] + timedelta(days=170)]).last_day == DAILY[-1]


def test_a_load_after_the_month_says_that_it_is_complete():
    days = [day for day in DAILY if day < date(2026, 6, 20)]
    assert of(days).as_of_date == date(2026, 5, 31)
    assert of(days, delivered_on=date(2026, 7, 2)).as_of_date == date(2026, 6, 30)


def test_goods_that_came_before_the_first_sale_belong_to_the_history():
    assert of([date(2023, 9, 1), *DAILY]).first_day == date(2023, 9, 1)


def test_a_silence_that_ended_is_no_end():
    assert of([day for day in DAILY if not date(2024, 6, 1) < day < date(2024, 10, 1)]).last_day == DAILY[-1]


def test_thin_days_are_told_and_change_nothing():
    movements = dict.fromkeys(DAILY, 50) | {date(2026, 6, 30): 2}
    window = window_of(movements, None)
    assert window.last_day == date(2026, 6, 30)
    assert window.thin_days == "2026-06-30 (2 rows, usually 50)"


@given(
    st.lists(st.dates(date(2015, 1, 1), date(2016, 12, 31)), min_size=1, max_size=40),
    st.integers(1, 1000),
)
def test_how_many_rows_share_a_day_changes_nothing(days, rows):
    one, many = window_of(dict.fromkeys(days, 1), None), window_of(dict.fromkeys(days, rows), None)
    assert (one.first_day, one.last_day, one.as_of_date) == (many.first_day, many.last_day, many.as_of_date)


@given(st.lists(st.dates(date(2015, 1, 1), date(2016, 2, 28)), min_size=1, max_size=29, unique=True))
def test_a_short_sparse_history_loses_no_day(days):
    window = of(days)
    assert (window.first_day, window.last_day) == (min(days), max(days))
