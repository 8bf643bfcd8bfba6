"""Classical forecasts: the same as one series at a time, and blind to later months."""

import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.forecasting.classical import (
    CROSTON_SMOOTHING,
    METHODS,
    SMOOTHING,
    TSB_SMOOTHING,
    classical_forecasts,
)

SERIES = st.lists(st.one_of(st.just(0), st.integers(1, 50)), min_size=1, max_size=14)


def smoothed(series):
    level = series[0]
    for asked in series[1:]:
        level = level + SMOOTHING * (asked - level)
    return level


def croston_of(series):
    size = interval = None
    since = 0
    for asked in series:
        since += 1
        if asked:
            size = asked if size is None else size + CROSTON_SMOOTHING * (asked - size)
            interval = since if interval is None else interval + CROSTON_SMOOTHING * (since - interval)
            since = 0
    return 0 if size is None else (1 - CROSTON_SMOOTHING / 2) * size / interval


def tsb_of(series):
    chance, size = float(series[0] > 0), series[0] or None
    for asked in series[1:]:
        chance += TSB_SMOOTHING * (float(asked > 0) - chance)
        if asked:
            size = asked if size is None else size + TSB_SMOOTHING * (asked - size)
    return chance * (size or 0)


def months_of(many):
    """The input table of several series; each starts a month after the one before."""
    rows = [
        (
            f"item-{number}",
            "x",
            False,
            datetime.date(2020, 1, 1) + datetime.timedelta(31 * (number + age)),
            number + age,
            asked,
        )
        for number, series in enumerate(many)
        for age, asked in enumerate(series)
    ]
    names = ("item_id", "location_id", "is_flash", "valuation_date", "month_number", "demand_quantity")
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})


@settings(deadline=None, max_examples=60)
@given(st.lists(SERIES, min_size=1, max_size=5))
def test_each_month_end_gets_what_its_series_says_up_to_then(many):
    table = classical_forecasts(months_of(many))
    rows = iter(table.sort_by([("item_id", "ascending"), ("valuation_date", "ascending")]).to_pylist())
    for series in many:
        for age in range(len(series)):
            row, known = next(rows), series[: age + 1]
            assert row["exponential_smoothing_quantity"] == pytest.approx(smoothed(known))
            assert row["croston_quantity"] == pytest.approx(croston_of(known))
            assert row["tsb_quantity"] == pytest.approx(tsb_of(known))


def test_a_steady_demand_is_forecast_as_it_is():
    steady = np.full((1, 40), 7.0)
    assert METHODS["exponential_smoothing"](steady)[0, -1] == pytest.approx(7)
    assert METHODS["tsb"](steady)[0, -1] == pytest.approx(7)
    assert METHODS["croston"](steady)[0, -1] == pytest.approx(7 * (1 - CROSTON_SMOOTHING / 2))


def test_a_missing_month_is_no_quiet_month():
    table = months_of([[1, 2, 3]])
    with pytest.raises(ValueError, match="without gaps"):
        classical_forecasts(pa.concat_tables([table.slice(0, 1), table.slice(2)]))


def test_the_months_of_a_flash_are_a_history_of_their_own():
    table = months_of([[3, 0, 5]])
    day = datetime.date(2020, 4, 17)
    flash = table.set_column(2, "is_flash", pa.array([True] * 3)).set_column(
        3, "valuation_date", pa.array([None, None, day], pa.date32())
    )
    found = classical_forecasts(pa.concat_tables([table, flash])).to_pylist()
    (flashed,) = (row for row in found if row["valuation_date"] == day)
    assert len(found) == 4
    assert flashed["tsb_quantity"] == pytest.approx(tsb_of([3, 0, 5]))


def test_no_position_has_no_forecast():
    assert classical_forecasts(months_of([[1]]).slice(0, 0)).num_rows == 0
