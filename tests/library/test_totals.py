"""Ranges of totals: the first guess, what is learned of errors, and what overlapping horizons count for."""

import doctest
import math
from datetime import date

import pyarrow as pa
import pytest

from inventory_valuation.learning import totals
from inventory_valuation.learning.totals import COMPANY_DEVIATION, GROUP_DEVIATION, QUANTILE, total_ranges

FIRST_GUESS = QUANTILE * COMPANY_DEVIATION * math.sqrt(1.5)


def ranges_of(rows):
    """Factors by dimension, member and month; a row is (dimension, member, month, error)."""
    table = total_ranges(
        pa.table(
            {
                "dimension": pa.array([row[0] for row in rows], pa.string()),
                "member": pa.array([row[1] for row in rows], pa.string()),
                "valuation_date": pa.array(
                    [date(2020 + row[2] // 12, row[2] % 12 + 1, 1) for row in rows], pa.date32()
                ),
                "month_number": pa.array([row[2] for row in rows], pa.int64()),
                "horizon_months": pa.array([6] * len(rows), pa.int64()),
                "log_error": pa.array([row[3] for row in rows], pa.float64()),
            }
        )
    )
    return {
        (row["dimension"], row["member"], (row["valuation_date"].year - 2020) * 12 + row["valuation_date"].month - 1): (
            row["known_origins"],
            row["lower_factor"],
            row["upper_factor"],
        )
        for row in table.to_pylist()
    }


def test_the_examples_hold():
    assert doctest.testmod(totals).failed == 0


def test_before_any_outcome_the_range_is_the_first_guess():
    found = ranges_of([("company", "all", month, 0.9) for month in range(6)])
    for month in range(6):
        assert found["company", "all", month] == pytest.approx((0, math.exp(-FIRST_GUESS), math.exp(FIRST_GUESS)))


def test_an_error_counts_from_the_month_in_which_it_is_known():
    found = ranges_of([("company", "all", 0, 0.0), ("company", "all", 5, None), ("company", "all", 6, None)])
    assert found["company", "all", 5][0] == 0
    known, lower, upper = found["company", "all", 6]
    half = QUANTILE * math.sqrt(2 / 3 * COMPANY_DEVIATION**2 * (1 + 1 / 3))
    assert (known, lower, upper) == pytest.approx((1, math.exp(-half), math.exp(half)))


def test_losses_that_always_exceed_the_reserve_raise_the_upper_end_and_keep_the_total_inside():
    found = ranges_of([("company", "all", month, 0.7) for month in range(60)])
    known, lower, upper = found["company", "all", 59]
    assert known == 54 and lower == 1 and upper > math.exp(0.7)


def test_overlapping_horizons_count_as_fewer_looks():
    found = ranges_of([("company", "all", month, 0.0) for month in range(13)])
    half = QUANTILE * math.sqrt(2 / (2 + 2) * COMPANY_DEVIATION**2 * (1 + 1 / (2 + 2)))
    assert found["company", "all", 12][::2] == pytest.approx((7, math.exp(half)))


def test_a_group_without_a_past_takes_the_range_of_the_others():
    rows = [("category", name, month, 0.5) for name in "ab" for month in range(24)]
    found = ranges_of([*rows, ("category", "new", 23, None)])
    known, _, upper = found["category", "new", 23]
    assert known == 0 and upper > math.exp(QUANTILE * GROUP_DEVIATION * math.sqrt(1.5))
    assert found["category", "a", 23][2] == found["category", "b", 23][2]


def test_order_of_the_rows_and_no_rows_make_no_difference():
    rows = [("category", name, month, 0.1 * month - 0.05 * ord(name[0]) + 5) for name in "ab" for month in range(15)]
    assert ranges_of(rows) == ranges_of(rows[::-1])
    assert ranges_of([]) == {}
