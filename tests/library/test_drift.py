import datetime

import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.learning.drift import feature_drift, mean_shift, stability_index

RNG = np.random.default_rng(7)


def test_the_same_values_do_not_drift():
    values = RNG.normal(size=1000)
    assert stability_index(values, values) == 0
    assert mean_shift(values, values) == 0


def test_the_index_by_hand():
    # One inner edge (the median, 2.5); with half a row added: .5 and .5 before, .25 and .75 now.
    trained = np.repeat([1.0, 4.0], 50)
    scored = np.repeat([1.0, 4.0], [25, 75])
    before = np.array([50.5, 50.5, 0.5]) / 101.5
    now = np.array([25.5, 75.5, 0.5]) / 101.5
    expected = np.sum((now - before) * np.log(now / before))
    assert stability_index(trained, scored, bins=2) == pytest.approx(expected)


def test_values_gone_missing_are_drift():
    values = RNG.normal(size=1000)
    gone = np.where(np.arange(1000) < 500, np.nan, values)
    assert stability_index(values, gone) > 0.25
    assert stability_index(np.full(1000, np.nan), np.full(1000, np.nan)) == 0


def test_shift_is_in_standard_deviations():
    assert mean_shift(np.array([0.0, 2.0]), np.array([3.0, 3.0])) == 2
    assert np.isnan(mean_shift(np.ones(3), np.zeros(3)))
    assert np.isnan(mean_shift(np.array([np.nan]), np.ones(1)))


def windows_of(*rows):
    return pa.table(
        {
            name: pa.array([row[place] for row in rows], pa.date32())
            for place, name in enumerate(("valuation_date", "trained_on", "training_date"))
        }
    )


def importance_of(*rows):
    return pa.table(
        {
            "origin_date": pa.array([row[0] for row in rows], pa.date32()),
            "feature": pa.array([row[1] for row in rows], pa.string()),
            "gain_share": pa.array([row[2] for row in rows], pa.float64()),
        }
    )


DAYS = [datetime.date(2024, month, 28) for month in (1, 2, 3, 4)]
FEATURES = pa.table(
    {
        "item_id": ["a", "b"] * 4,
        "location_id": ["x"] * 8,
        "valuation_date": pa.array(np.repeat(DAYS, 2).tolist(), pa.date32()),
        "age": pa.array([1.0, 3.0, 100.0, 300.0, 2.0, 4.0, 3.0, 5.0]),
        "price": pa.array([1.0, 3.0] * 4),
    }
)


def test_a_date_is_compared_with_its_own_training_dates_only():
    rows = feature_drift(FEATURES, windows_of((DAYS[2], DAYS[2], DAYS[0])), importance_of()).to_pylist()
    row = rows[0]
    assert [row["feature"] for row in rows] == ["age", "price"]
    assert row["valuation_date"] == DAYS[2]
    assert row["mean_shift"] == 1
    assert (row["trained_rows"], row["scored_rows"]) == (2, 2)


def test_of_past_dates_only_what_counted_at_their_training_is_compared():
    windows = windows_of((DAYS[2], DAYS[2], DAYS[0]), (DAYS[3], DAYS[3], DAYS[0]))
    importance = importance_of((DAYS[2], "price", 0.05), (DAYS[2], "age", 0.04), (DAYS[3], "age", 0.9))
    rows = feature_drift(FEATURES, windows, importance).to_pylist()
    assert [(row["valuation_date"], row["feature"], row["is_important"]) for row in rows] == [
        (DAYS[2], "price", True),
        (DAYS[3], "age", True),
        (DAYS[3], "price", False),
    ]


def test_no_window_no_rows():
    assert feature_drift(FEATURES, windows_of(), importance_of()).num_rows == 0
