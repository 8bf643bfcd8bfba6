"""Explanations: a baseline, at most five drivers, the strongest first, in words a controller can read."""

import datetime
import functools
import json

import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.estimators import ENSEMBLES, ESTIMATORS, GIVEN, contributed, predicted
from inventory_valuation.explanations import _in_words, explain, importances
from inventory_valuation.training import KEYS

FIRST, SECOND = datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)
NAMES = ["age_days", "cover_months", "discount", "returns", "seasonality", "supplier_delay", "velocity"]
MODELS = ("linear", "boosting")
ROWS = 300


@functools.cache
def examples():
    """Two dates; every feature matters, the earlier named the more; a fifth of the covers is unknown."""
    random = np.random.default_rng(1)
    matrix = random.uniform(0, 1, (ROWS, len(NAMES)))
    matrix[random.uniform(size=ROWS) < 0.2, 1] = np.nan
    keys = {
        "item_id": [f"item-{number % 150:03}" for number in range(ROWS)],
        "location_id": ["A"] * ROWS,
        "valuation_date": pa.array([FIRST] * 150 + [SECOND] * 150, pa.date32()),
    }
    values = {name: pa.array(column, from_pandas=True) for name, column in zip(NAMES, matrix.T, strict=True)}
    return pa.table(keys | values | {name: random.uniform(0, 1, ROWS) for name in GIVEN})


def matrix_of(table, names):
    return np.column_stack([table[name].to_numpy() for name in names]).astype(np.float32)


@functools.cache
def trained(*names):
    names = names or tuple(NAMES)
    matrix = matrix_of(examples(), names)
    strength = np.linspace(0.3, 0.1, len(names))
    target = np.clip(np.nan_to_num(matrix, nan=0.5) @ strength - 0.2, 0, 1)
    rows = [
        {
            "origin_date": FIRST,
            "model": model,
            "run_id": f"run of {model}",
            "features": json.dumps(names),
            "artefact": ESTIMATORS[model].fit(
                matrix, target, np.ones(ROWS), (0,) * len(names), ESTIMATORS[model].parameters
            ),
        }
        for model in (*MODELS, "obsolescence_boosting")
    ]
    return pa.Table.from_pylist(rows).set_column(0, "origin_date", pa.array([FIRST] * 3, pa.date32()))


def served(*models):
    """The examples of one date for each model, served by it."""
    rows = examples().slice(0, 150 * len(models))
    return rows.append_column("model", pa.array(np.repeat(models, 150).tolist(), pa.string())).append_column(
        "trained_on", pa.array([FIRST] * len(rows), pa.date32())
    )


def catalogue():
    rows = [
        {
            "feature": name,
            "family": f"family of {name}",
            "definition": f"The {name}; null where none.",
            "unit": "months",
            "reason_text": f"{name} is {{value:.2f}}",
        }
        for name in NAMES
    ]
    return pa.Table.from_pylist(rows)


def drivers(model, *names):
    """Rows of each position at the first date, by rank; then the matrix and all contributions."""
    rows = explain(served(model), trained(*names), catalogue()).to_pylist()
    card = next(card for card in trained(*names).to_pylist() if card["model"] == model)
    there = examples().slice(0, 150)
    matrix = matrix_of(there, names or NAMES)
    shares = ESTIMATORS[model].contribute(card["artefact"], matrix)
    found = []
    for item, values, parts in zip(there["item_id"].to_pylist(), matrix, shares, strict=True):
        found.append(([row for row in rows if row["item_id"] == item], values, parts))
    return found


@pytest.mark.parametrize("model", MODELS)
def test_the_baseline_comes_first_then_five_drivers(model):
    for rows, _, shares in drivers(model):
        assert [row["driver_rank"] for row in rows] == [0, 1, 2, 3, 4, 5]
        assert (rows[0]["feature"], rows[0]["family"]) == ("baseline", "baseline")
        assert rows[0]["contribution_rate"] == shares[-1]
        assert "Average loss rate" in rows[0]["reason"]


@pytest.mark.parametrize("model", MODELS)
def test_drivers_are_the_strongest_and_the_strongest_is_first(model):
    for rows, _, shares in drivers(model):
        found = [abs(row["contribution_rate"]) for row in rows[1:]]
        assert found == sorted(np.abs(shares[:-1]), reverse=True)[:5]
        assert len({row["feature"] for row in rows}) == 6


@pytest.mark.parametrize("model", MODELS)
def test_every_driver_has_the_contribution_family_and_wording_of_its_own_feature(model):
    unknown = 0
    for rows, values, shares in drivers(model):
        for row in rows[1:]:
            place = NAMES.index(row["feature"])
            assert row["contribution_rate"] == shares[place]
            assert row["family"] == f"family of {row['feature']}"
            if np.isnan(values[place]):
                unknown += 1
                assert row["reason"] == "Not known: the cover_months"
            else:
                assert row["reason"] == f"{row['feature']} is {values[place]:.2f}"
    assert unknown > 0


def test_a_model_of_three_features_has_three_drivers():
    for rows, _, shares in drivers("boosting", *NAMES[:3]):
        assert [row["driver_rank"] for row in rows] == [0, 1, 2, 3]
        assert sum(row["contribution_rate"] for row in rows) == pytest.approx(shares.sum(), abs=1e-12)


def test_positions_of_one_date_are_explained_by_the_model_that_serves_each():
    models = ["linear" if number % 2 else "boosting" for number in range(150)]
    rows = served("linear")
    rows = rows.set_column(rows.column_names.index("model"), "model", pa.array(models))
    explained = explain(rows, trained(), catalogue()).to_pylist()
    for parity, model in enumerate(("boosting", "linear")):
        alone = explain(served(model), trained(), catalogue()).to_pylist()
        ours = {f"item-{number:03}" for number in range(parity, 150, 2)}
        assert sorted(map(str, (row for row in alone if row["item_id"] in ours))) == sorted(
            map(str, (row for row in explained if row["item_id"] in ours))
        )


def test_every_date_is_explained_by_its_own_champion():
    both = explain(served("linear", "boosting"), trained(), catalogue())
    keys = [tuple(row.values()) for row in both.select([*KEYS, "driver_rank"]).to_pylist()]
    assert len(keys) == len(set(keys)) == ROWS * 6
    baselines = {(row["valuation_date"], row["contribution_rate"]) for row in both.to_pylist()[:150]}
    shares = ESTIMATORS["linear"].contribute(trained()["artefact"][0].as_py(), matrix_of(examples(), NAMES))
    assert baselines == {(FIRST, shares[0, -1])}


def test_what_an_ensemble_says_is_what_its_columns_add_up_to():
    """But for the linear part, which is held between 0 and 1 only as a whole."""
    everything = matrix_of(examples(), [*NAMES, *GIVEN])
    target = np.clip(np.nan_to_num(everything, nan=0.5) @ np.full(everything.shape[1], 0.1), 0.2, 0.8)
    artefacts = {}
    for model in ENSEMBLES["ensemble"]:
        estimator = ESTIMATORS[model]
        seen = everything[:, estimator.sees]
        artefacts[model] = estimator.fit(seen, target, np.ones(ROWS), (0,) * seen.shape[1], estimator.parameters)
    shares = contributed("ensemble", artefacts, everything)
    assert shares.shape == (ROWS, everything.shape[1] + 1)
    assert shares.sum(axis=1) == pytest.approx(predicted("ensemble", artefacts, everything), abs=1e-6)
    assert np.abs(shares[:, -2]).max() > 0.1


def test_a_missing_feature_is_named():
    with pytest.raises(KeyError, match="velocity"):
        explain(served("linear").drop_columns("velocity"), trained(), catalogue())


# Importances


def test_shares_of_the_fit_add_up_to_1_in_every_run():
    rows = importances(trained()).to_pylist()
    for model in ("boosting", "obsolescence_boosting"):
        shares = {row["feature"]: row["gain_share"] for row in rows if row["model"] == model}
        assert list(shares) == NAMES
        assert sum(shares.values()) == pytest.approx(1)
        assert min(shares.values()) >= 0
        assert shares["age_days"] > shares["velocity"]


def test_linear_runs_have_no_shares_of_the_fit():
    assert {row["run_id"] for row in importances(trained()).to_pylist()} == {
        "run of boosting",
        "run of obsolescence_boosting",
    }


def test_a_midpoint_change_is_told_as_an_ordinary_one():
    told = _in_words(np.array([-2.0, -2 / 3, 0.0, 2 / 3, 2.0]), "change")
    assert told == pytest.approx([-1.0, -0.5, 0.0, 1.0, 10.0])
    assert _in_words(np.array([7.0]), "months") == [7.0]


def test_without_a_champion_there_is_nothing_to_explain():
    explained = explain(served(), trained().slice(0, 0), catalogue())
    assert explained.num_rows == 0
    assert explained.schema.names == explain(served("linear"), trained(), catalogue()).schema.names
