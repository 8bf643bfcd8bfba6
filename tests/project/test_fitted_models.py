"""The models that a build fitted: they keep their promises, say the same again, and credit no useless feed."""

import json

import duckdb
import numpy as np
import pytest

from inventory_valuation.learning.estimators import ENSEMBLES, ESTIMATORS, GIVEN, predicted, target_of
from inventory_valuation.learning.training import feature_matrix

PROMISED = [name for name, estimator in ESTIMATORS.items() if estimator.is_monotone] + [*ENSEMBLES]
RISING = ["coverage_months_3", "coverage_months_6", "coverage_months_12", "days_since_last_sale"]


@pytest.fixture(scope="module")
def built(build):
    with duckdb.connect(build.folder / "build.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def artefacts(built):
    """Artefacts by origin and model."""
    kept = {}
    for origin, model, artefact in built.execute(
        "select origin_date, model, artefact from learning.int_trained_models"
    ).fetchall():
        kept.setdefault(origin, {})[model] = artefact
    return kept


@pytest.fixture(scope="module")
def features(built):
    """The learned features in the order of the models, what is given last."""
    (names,) = built.execute("select features from learning.int_trained_models where model = 'forest'").fetchone()
    return [*json.loads(names), *GIVEN]


def positions(built, features, date):
    rows = built.execute(
        "select * from learning.int_examples where valuation_date = ? order by item_id, location_id", [date]
    ).to_arrow_table()
    return feature_matrix(rows, features)


@pytest.mark.parametrize("model", PROMISED)
@pytest.mark.parametrize("feature", RISING)
def test_what_was_fitted_rises_with_cover_and_with_time_since_the_last_sale(built, artefacts, features, model, feature):
    latest = max(artefacts)
    matrix = positions(built, features, latest)[:40]
    place, steps = features.index(feature), np.concatenate([np.linspace(0, 130, 66), [200, 400, 800]])
    swept = np.repeat(matrix, len(steps), axis=0)
    swept[:, place] = np.tile(steps, len(matrix))
    rates = predicted(model, artefacts[latest], swept).reshape(len(matrix), -1)
    rounding = 1e-12 if model == "linear" else 0  # its sum of slopes rounds, trees do not
    assert (np.diff(rates, axis=1) >= -rounding).all()


def test_stored_models_score_a_date_again_to_the_bit(built, artefacts, features):
    date, trained_on = built.execute(
        "select valuation_date, trained_on from learning.int_serving_dates order by valuation_date desc limit 1"
    ).fetchone()
    matrix = positions(built, features, date)
    for model in (*ESTIMATORS, *ENSEMBLES):
        if target_of(model) != "loss_rate":  # probabilities are calibrated, demands are scaled after the model spoke
            continue
        scores = built.execute(
            "select prediction from learning.int_scores where valuation_date = ? and model = ? "
            "order by item_id, location_id",
            [date, model],
        ).fetchnumpy()["prediction"]
        assert len(scores) > 0
        assert np.array_equal(predicted(model, artefacts[trained_on], matrix), scores), model


def test_prices_of_materials_that_move_nobodys_margin_get_no_credit(built):
    (credited,) = built.execute(
        "select max(share) from (select sum(gain_share) as share from learning.feature_importance "
        "where feature like 'commodity_price%' group by run_id)"
    ).fetchone()
    assert credited < 0.01
