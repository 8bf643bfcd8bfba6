"""Estimators: what they learn, what they promise, and that they say the same thing every time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear
from threadpoolctl import threadpool_limits

from inventory_valuation.learning.estimators import ESTIMATORS, Given, least_squares_with_signs

ALL = [name for name, estimator in ESTIMATORS.items() if not isinstance(estimator, Given)]  # the rest learn nothing
EXPLAINED = [name for name in ALL if ESTIMATORS[name].target == "loss_rate"]
SIGNAL, FALLING, NOISE, HOLES, EMPTY = range(5)
FREE = (0,) * 5


def features(rows=600, seed=1):
    """Signal and falling carry the truth; noise does not; holes is a third unknown, empty wholly."""
    random = np.random.default_rng(seed)
    matrix = random.uniform(0, 1, (rows, 5)).astype(np.float32)
    matrix[random.uniform(size=rows) < 1 / 3, HOLES] = np.nan
    matrix[:, EMPTY] = np.nan
    return matrix


def truth(matrix):
    return 0.3 + 0.5 * matrix[:, SIGNAL].astype(float) - 0.3 * matrix[:, FALLING]


def targets(name, matrix, seed=2):
    random = np.random.default_rng(seed)
    expected = truth(matrix)
    if ESTIMATORS[name].target == "obsolescence":
        return (random.uniform(size=len(matrix)) < 2 * expected - 0.4).astype(float)
    return np.clip(expected + random.normal(0, 0.1, len(matrix)), 0, 1)


def fit(name, matrix=None, target=None, monotone=FREE, **changed):
    matrix = features() if matrix is None else matrix
    target = targets(name, matrix) if target is None else target
    weight = np.linspace(1, 3, len(matrix))
    estimator = replace(ESTIMATORS[name], parameters=ESTIMATORS[name].parameters | changed)
    return estimator.fit(matrix, target, weight, monotone)


def predict(name, artefact, matrix):
    return ESTIMATORS[name].predict(artefact, matrix)


# What they learn


@pytest.mark.parametrize("name", ALL)
def test_unseen_examples_are_predicted_better_than_by_the_mean(name):
    seen, unseen = features(), features(seed=3)
    happened = targets(name, unseen, seed=4)
    errors = predict(name, fit(name), unseen) - happened
    assert np.mean(errors**2) < 0.9 * np.mean((targets(name, seen).mean() - happened) ** 2)


@pytest.mark.parametrize("name", ALL)
def test_rates_and_probabilities_stay_between_0_and_1(name):
    matrix = features()
    steep = (matrix[:, SIGNAL] > 0.5).astype(float)
    extreme = np.vstack([features(seed=3), np.full((1, 5), 1e9), np.full((1, 5), -1e9)]).astype(np.float32)
    predicted = predict(name, fit(name, matrix, steep), extreme)
    assert predicted.min() >= 0
    assert predicted.max() <= 1
    assert np.ptp(predicted) > 0.5


@pytest.mark.parametrize("name", ALL)
def test_heavy_examples_count_for_more(name):
    matrix, target = np.zeros((400, 1), np.float32), np.tile([0.0, 1.0], 200)
    weight = np.tile([1.0, 3.0], 200)
    estimator = ESTIMATORS[name]
    artefact = estimator.fit(matrix, target, weight, (0,))
    assert estimator.predict(artefact, matrix[:1]) == pytest.approx(0.75, abs=0.02)


# Unknown features


@pytest.mark.parametrize("name", ALL)
def test_unknown_features_still_give_a_prediction(name):
    artefact, matrix = fit(name), features(seed=3)
    for column in range(matrix.shape[1]):
        blinded = matrix.copy()
        blinded[:, column] = np.nan
        assert np.isfinite(predict(name, artefact, blinded)).all()
    assert np.isfinite(predict(name, artefact, np.full((1, 5), np.nan, np.float32))).all()


@pytest.mark.parametrize("name", ALL)
def test_a_feature_never_known_in_training_changes_nothing(name):
    artefact, matrix = fit(name), features(seed=3)
    later_known = matrix.copy()
    later_known[:, EMPTY] = 0.5
    expected = predict(name, artefact, matrix)
    assert predict(name, artefact, later_known) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_that_a_feature_is_unknown_can_itself_be_a_signal(name):
    matrix = features()
    unknown = np.isnan(matrix[:, HOLES])
    predicted = predict(name, fit(name, matrix, np.where(unknown, 0.9, 0.1).round()), matrix)
    assert predicted[unknown].mean() > predicted[~unknown].mean() + 0.2


# The same to the bit


@pytest.mark.parametrize("name", ALL)
def test_a_second_fit_gives_the_same_bytes_and_predictions(name):
    first, second, matrix = fit(name), fit(name), features(seed=3)
    assert first == second
    assert predict(name, first, matrix).tobytes() == predict(name, second, matrix).tobytes()


def test_fits_side_by_side_give_the_bytes_of_fits_alone():
    jobs, matrix = ALL * 3, features(seed=3)

    def fit_and_predict(name):
        artefact = fit(name)
        return artefact, predict(name, artefact, matrix).tobytes()

    alone = {name: fit_and_predict(name) for name in ALL}
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fit_and_predict, jobs)) == [alone[name] for name in jobs]


@pytest.mark.parametrize("name", ALL)
def test_the_number_of_library_threads_does_not_show(name):
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            artefact = fit(name)
            found.append((artefact, predict(name, artefact, features(seed=3)).tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ALL)
def test_a_prediction_does_not_depend_on_its_neighbours(name):
    artefact, matrix = fit(name), features(40, seed=3)
    alone = [predict(name, artefact, matrix[[row]])[0] for row in range(len(matrix))]
    assert predict(name, artefact, matrix) == pytest.approx(alone, abs=1e-12)


# Monotone features


def wavy():
    """A truth that falls and rises again, so a promise to rise costs something."""
    matrix = features()
    rate = 0.4 + 0.3 * np.sin(7 * matrix[:, SIGNAL].astype(float)) + 0.2 * matrix[:, FALLING]
    return matrix, np.clip(rate, 0, 1)


PROMISED = [name for name in ALL if ESTIMATORS[name].is_monotone]
RISING = {name: fit(name, *wavy(), (1, -1, 0, 0, 0)) for name in PROMISED}
UNBOUND = fit("forest", *wavy())


def sweep(name, artefact, row, column):
    rows = np.repeat(np.array([row], np.float32), 61, axis=0)
    rows[:, column] = np.linspace(-0.1, 1.1, 61)
    return predict(name, artefact, rows)


UNIT = st.floats(0, 1, width=32)
ROWS = st.lists(st.one_of(UNIT, st.just(float("nan"))), min_size=5, max_size=5)


@pytest.mark.parametrize("name", PROMISED)
@settings(deadline=None, max_examples=30)
@given(row=ROWS)
def test_models_keep_the_direction_of_monotone_features(name, row):
    rounding = 1e-12 if name == "linear" else 0  # its sum of slopes rounds, trees do not
    assert (np.diff(sweep(name, RISING[name], row, SIGNAL)) >= -rounding).all()
    assert (np.diff(sweep(name, RISING[name], row, FALLING)) <= rounding).all()


def test_without_the_promise_the_same_data_break_it():
    assert (np.diff(sweep("forest", UNBOUND, [0.5] * 5, SIGNAL)) < 0).any()
    assert (np.diff(sweep("forest", UNBOUND, [0.5] * 5, FALLING)) > 0).any()


@settings(deadline=None, max_examples=40, derandomize=True)
@given(seed=st.integers(0, 10_000), signs=st.lists(st.sampled_from([-1, 0, 1]), min_size=6, max_size=6))
def test_slopes_with_signs_are_those_of_bounded_least_squares(seed, signs):
    random = np.random.default_rng(seed)
    rows, target = random.normal(size=(9, 6)), random.normal(size=9)
    lowest = [0 if sign > 0 else -np.inf for sign in signs]
    highest = [0 if sign < 0 else np.inf for sign in signs]
    expected = lsq_linear(rows, target, (lowest, highest), method="bvls").x
    found = least_squares_with_signs(rows.T @ rows, rows.T @ target, np.array(signs))
    assert found == pytest.approx(expected, abs=1e-8)


# Contributions


def test_baseline_and_contributions_of_a_forest_add_up_to_it():
    matrix = features(seed=3)
    shares = ESTIMATORS["forest"].contribute(RISING["forest"], matrix)
    assert shares.shape == (len(matrix), 6)
    assert shares.sum(axis=1) == pytest.approx(predict("forest", RISING["forest"], matrix), abs=1e-6)
    assert np.ptp(shares[:, -1]) < 1e-6


def test_baseline_and_contributions_of_a_linear_rate_add_up_to_it_before_it_is_held():
    matrix = features(seed=3)
    artefact = fit("linear", features(), (features()[:, SIGNAL] > 0.5).astype(float), ridge=1.0)
    shares = ESTIMATORS["linear"].contribute(artefact, matrix)
    unheld, held = shares.sum(axis=1), predict("linear", artefact, matrix)
    assert shares.shape == (len(matrix), 6)
    assert np.clip(unheld, 0, 1) == pytest.approx(held, abs=1e-12)
    assert (unheld != np.clip(unheld, 0, 1)).any()
    assert (abs(unheld - held) < 1e-12).any()
    assert np.ptp(shares[:, -1]) == 0


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_feature_that_carries_the_truth_contributes_most(name):
    matrix = features()
    artefact = fit(name, matrix, matrix[:, SIGNAL].astype(float))
    strength = np.abs(ESTIMATORS[name].contribute(artefact, matrix)[:, :-1]).mean(axis=0)
    assert strength.argmax() == SIGNAL


def test_a_rate_at_the_baseline_has_no_contributions():
    """One leaf only."""
    matrix = features(100)
    artefact = fit("forest", matrix, np.full(100, 0.25))
    shares = ESTIMATORS["forest"].contribute(artefact, matrix)
    assert shares[:, -1] == pytest.approx(0.25, abs=1e-5)
    assert (shares[:, :-1] == 0).all()
