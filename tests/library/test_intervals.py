"""Intervals and calibration: honest about exchangeable outcomes, and never outside 0 to 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.learning.intervals import NOMINAL, WIDE, calibrate, loss_intervals

UNIT = st.floats(0, 1)


def outcomes(rows=3000, seed=1):
    """Predicted and realised rates; the dearer the prediction, the larger its error."""
    random = np.random.default_rng(seed)
    predicted = random.uniform(0.05, 0.6, rows)
    return predicted, np.clip(predicted + random.normal(0, 0.3, rows) * predicted, 0, 1)


def dates(predicted, realised, parts=3):
    pairs = zip(np.array_split(predicted, parts), np.array_split(realised, parts), strict=True)
    return [(day, *pair) for day, pair in enumerate(pairs)]


def yes_no(rows=3000, seed=1):
    """Raw probabilities twice as sure as what follows them."""
    random = np.random.default_rng(seed)
    raw = random.uniform(0, 1, rows)
    return raw, (random.uniform(size=rows) < raw / 2).astype(float)


# Intervals


@settings(deadline=None, max_examples=200)
@given(st.lists(UNIT, min_size=1, max_size=20), st.lists(st.tuples(UNIT, UNIT), min_size=1, max_size=100))
def test_bounds_lie_within_0_and_1_and_around_the_rate(rates, earlier):
    rates, (predicted, realised) = np.array(rates), np.array(earlier).T
    lower, upper = loss_intervals(rates, dates(predicted, realised))
    assert ((lower >= 0) & (lower <= rates) & (rates <= upper) & (upper <= 1)).all()


def test_without_a_known_outcome_an_interval_is_refused():
    with pytest.raises(ValueError, match="outcome is known"):
        loss_intervals(np.array([0.5]), [])


def covered(seed):
    predicted, realised = outcomes(seed=seed + 100)
    lower, upper = loss_intervals(predicted, dates(*outcomes(seed=seed)))
    return predicted, (lower <= realised) & (realised <= upper)


@pytest.mark.parametrize("seed", range(3))
def test_exchangeable_outcomes_fall_inside_as_often_as_promised(seed):
    assert covered(seed)[1].mean() == pytest.approx(NOMINAL, abs=0.03)


def test_a_wider_promise_is_kept_too():
    predicted, realised = outcomes(seed=100)
    earlier = dates(*outcomes(seed=0))
    lower, upper = loss_intervals(predicted, earlier, WIDE, dates=100)
    assert ((lower <= realised) & (realised <= upper)).mean() == pytest.approx(WIDE, abs=0.02)
    of_one_date = loss_intervals(predicted, earlier, WIDE)
    assert (of_one_date[0] <= lower).all() and (of_one_date[1] >= upper).all()
    assert (of_one_date[1] - of_one_date[0]).mean() > 1.1 * (upper - lower).mean()


@pytest.mark.parametrize("seed", range(3))
def test_small_and_large_rates_are_both_covered_as_promised(seed):
    predicted, inside = covered(seed)
    for part in (predicted < 0.2, predicted > 0.45):
        assert inside[part].mean() == pytest.approx(NOMINAL, abs=0.06)


def test_rates_whose_errors_were_larger_get_wider_intervals():
    lower, upper = loss_intervals(np.array([0.1, 0.5]), dates(*outcomes()))
    width = upper - lower
    assert width[1] > 2 * width[0]


def test_a_model_that_always_said_too_little_keeps_the_rate_as_its_lower_bound():
    predicted = np.linspace(0, 0.5, 300)
    lower, upper = loss_intervals(predicted, dates(predicted, predicted + 0.2))
    assert (lower == predicted).all()
    assert upper == pytest.approx(predicted + 0.2)


def test_how_outcomes_are_split_over_dates_does_not_matter():
    rates = np.linspace(0, 1, 50)
    at_once, apart = (loss_intervals(rates, dates(*outcomes(200), parts=parts)) for parts in (1, 7))
    assert np.array_equal(at_once, apart)


def test_equal_earlier_predictions_leave_no_rate_without_an_interval():
    """Ties empty all bins but one: the others fall back on all errors."""
    earlier = np.full(600, 0.1)
    lower, upper = loss_intervals(np.array([0.05, 0.1, 0.9]), dates(earlier, np.linspace(0, 0.2, 600)))
    assert upper - lower == pytest.approx([0.13, 0.16, 0.16], abs=1e-3)


# Calibration


@settings(deadline=None, max_examples=100)
@given(st.lists(UNIT, min_size=1, max_size=30), st.lists(st.tuples(UNIT, st.booleans()), min_size=1))
def test_calibrated_probabilities_keep_their_order_and_stay_probabilities(raw, earlier):
    predicted, happened = np.array(earlier, dtype=float).T
    found = calibrate(np.sort(raw), [(1, predicted, happened)])
    assert (np.diff(found) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_probabilities_are_raw_until_an_outcome_is_known():
    raw = np.array([0.9, 0.1])
    assert (calibrate(raw, []) == raw).all()


def test_overconfident_probabilities_are_brought_back_to_the_frequencies_that_followed():
    raw, _ = yes_no(seed=2)
    found = calibrate(raw, dates(*yes_no()))
    assert np.abs(found - raw / 2).mean() < 0.05
