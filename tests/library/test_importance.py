"""Importance: what carries the loss is credited, noise is not, and a rebuild tells the same."""

import datetime
import functools
import json

import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.learning.estimators import ESTIMATORS, GIVEN
from inventory_valuation.learning.importance import (
    feature_interactions,
    partial_dependence,
    permutation_importance,
    unadditive_share,
)

FEATURES = ["age", "cover", "sentiment_change_3", "weather_change_3"]
FAMILIES = ["stock", "stock", "market", "market"]
DATES = [datetime.date(2024, month, 28) for month in (1, 2, 3)]
ROWS = 300


@functools.cache
def examples():
    """Age and cover raise the loss together; the feeds of the market tell nothing."""
    random = np.random.default_rng(1)
    matrix = random.uniform(size=(ROWS * len(DATES), len(FEATURES) + len(GIVEN)))
    loss = np.clip(0.9 * matrix[:, 0] * matrix[:, 1] + random.normal(0, 0.02, len(matrix)), 0, 1)
    columns = {name: pa.array(matrix[:, place]) for place, name in enumerate([*FEATURES, *GIVEN])}
    keys = {
        "item_id": pa.array([f"item-{number % ROWS:03}" for number in range(len(matrix))]),
        "location_id": pa.array(["place"] * len(matrix)),
        "valuation_date": pa.array([DATES[number // ROWS] for number in range(len(matrix))], pa.date32()),
    }
    labels = {"realised_loss_rate": pa.array(loss), "cost_value": pa.array(random.uniform(1, 9, len(matrix)))}
    return pa.table({**keys, **columns, **labels})


@functools.cache
def trained():
    """One model, as fitted on the first date."""
    first = examples().slice(0, ROWS)
    matrix = np.column_stack([first[name].to_numpy() for name in FEATURES]).astype(np.float32)
    estimator = ESTIMATORS["boosting"]
    fitted = estimator.fit(matrix, first["realised_loss_rate"].to_numpy(), np.ones(ROWS), (0,) * len(FEATURES))
    return pa.table(
        {
            "origin_date": pa.array([DATES[0]], pa.date32()),
            "model": ["boosting"],
            "artefact": pa.array([fitted], pa.binary()),
            "features": [json.dumps(FEATURES)],
        }
    )


def dates():
    return pa.table(
        {"valuation_date": pa.array(DATES[1:], pa.date32()), "trained_on": pa.array([DATES[0]] * 2, pa.date32())}
    )


def champions():
    return dates().append_column("model", pa.array(["boosting"] * 2))


def measured():
    catalogue = pa.table({"feature": FEATURES, "family": FAMILIES})
    return permutation_importance(examples(), dates(), trained(), champions(), catalogue)


@functools.cache
def importance():
    return measured()


def test_what_carries_the_loss_is_credited_and_noise_is_not():
    rows = importance().to_pylist()
    for day in DATES[1:]:
        gained = {
            (row["subject_type"], row["subject"]): row["error_increase"] for row in rows if row["valuation_date"] == day
        }
        assert gained["family", "stock"] > gained["feature", "age"] > 0.05
        assert gained["family", "stock"] > gained["feature", "cover"] > 0.05
        for feed in ("sentiment", "weather"):
            assert abs(gained["feed", feed]) < 0.01
        assert gained["family", "sell_through"] == gained["family", "nrv"] == gained["family", "rule"] == 0


def test_a_second_measure_is_the_same_to_the_bit():
    assert measured().equals(importance())


def test_partial_dependence_rises_with_what_raises_the_loss():
    rows = partial_dependence(examples(), trained(), champions(), importance()).to_pylist()
    age = [row["predicted_loss_rate"] for row in rows if row["feature"] == "age"]
    assert np.corrcoef(age, np.arange(len(age)))[0, 1] > 0.85
    assert age[-1] - age[0] > 0.1
    assert {row["feature"] for row in rows} >= set(FEATURES)


def test_features_that_act_together_interact_and_an_unseen_pair_is_left_out():
    pairs = pa.table({"feature": ["sentiment_change_3", "age"], "other_feature": ["weather_change_3", "never seen"]})
    rows = feature_interactions(examples(), trained(), champions(), importance(), pairs).to_pylist()
    found = {frozenset((row["feature"], row["other_feature"])): row for row in rows}
    assert found[frozenset(("sentiment_change_3", "weather_change_3"))]["is_named"]
    together = found[frozenset(("age", "cover"))]
    assert not together["is_named"]
    assert together["interaction_rate"] == max(row["interaction_rate"] for row in rows)
    assert together["interaction_share"] > 0.01
    assert not any("never seen" in pair for pair in found)


@pytest.mark.parametrize(
    ("surface", "share"), [([[0, 1], [1, 2]], 0.0), ([[0, 1], [1, 0]], 1.0), ([[3, 3], [3, 3]], 0.0)]
)
def test_the_share_that_two_effects_do_not_add_up_to(surface, share):
    assert unadditive_share(np.array(surface, float)) == pytest.approx(share)


def test_without_a_champion_nothing_is_measured():
    nothing = champions().slice(0, 0)
    catalogue = pa.table({"feature": FEATURES, "family": FAMILIES})
    empty = permutation_importance(examples(), dates(), trained(), nothing, catalogue)
    assert empty.schema == importance().schema
    assert len(empty) == len(partial_dependence(examples(), trained(), nothing, empty)) == 0
